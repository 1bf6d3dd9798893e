"""Stale, foreign, oversized, reasonless, forbidden decisions on page, desk and API: said clearly, nothing changed."""

import pytest
from django.test import Client
from django.utils.html import escape
from django.utils.translation import gettext, override

from matching.models import Match, MatchEvent
from matching.services.moving import NOTE_MAX

LIST = "/admin/matching/match/"
FOREIGN = "zzzzzzzzzzzz"
LONG = "x" * (NOTE_MAX + 1)


def by_page(client, match, verb, *, version, **said):
    answer = client.post(f"/matches/{match.public_id}/{verb}/", {"version": version, **said})
    return answer.status_code, answer.content.decode()


def by_desk(client, match, verb, *, version, **said):
    data = {"action": f"{verb}_selected", "_selected_action": [match.pk], "index": 0, "decide": "1"}
    answer = client.post(LIST, {**data, f"version_{match.pk}": version, **said}, follow=True)
    return answer.status_code, answer.content.decode()


def by_api(client, match, verb, *, version, **said):
    current = client.get(f"/api/v1/matches/{match.public_id}/").headers.get("ETag", '"1-0000000000000000"')
    etag = f'"{version}-{current[-17:-1]}"'
    answer = client.post(
        f"/api/v1/matches/{match.public_id}/{verb}/", said, content_type="application/json", headers={"if-match": etag}
    )
    return answer.status_code, answer.content.decode()


WAYS = {"page": by_page, "desk": by_desk, "api": by_api}
# What is tried, what is sent, and by which way with what status and words it is answered.
CASES = {
    "stale": (
        "dismiss",
        {"version": 0, "reason": "wrong_topic"},
        {"page": (409, "cannot be moved"), "desk": (200, "cannot be moved"), "api": (412, "changed since you read it")},
    ),
    "no reason": (
        "dismiss",
        {},
        {way: (status, "required") for way, status in (("page", 400), ("desk", 200), ("api", 400))},
    ),
    "oversized note": (
        "dismiss",
        {"reason": "wrong_topic", "note": LONG},
        {way: (status, "2000 characters") for way, status in (("page", 400), ("desk", 200), ("api", 400))},
    ),
    "another reason unsaid": (
        "dismiss",
        {"reason": "other"},
        {
            "page": (400, "Say in the note what the reason is."),
            "desk": (200, "Say in the note what the reason is."),
            "api": (409, "Say in the note what the reason is."),
        },
    ),
    "a move that is not allowed": (
        "introduce",
        {},
        {"page": (409, "cannot be moved"), "desk": (200, "cannot be moved"), "api": (409, "cannot be moved")},
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_said_and_changes_nothing(cast, match, way, case):
    verb, sent, answers = CASES[case]
    client = Client()
    client.force_login(cast.curator)
    before, events = Match.objects.filter(pk=match.pk).values().get(), MatchEvent.objects.count()
    status, text = WAYS[way](client, match, verb, **{"version": match.version, **sent})
    expected, words = answers[way]
    assert (status, words in text) == (expected, True), text[-300:]
    assert Match.objects.filter(pk=match.pk).values().get() == before
    assert MatchEvent.objects.count() == events


@pytest.mark.parametrize("way", WAYS)
def test_a_foreign_id_is_not_found_and_nothing_is_done(cast, match, way):
    client = Client()
    client.force_login(cast.curator)
    stranger = Match(pk=match.pk + 1000, public_id=FOREIGN)
    status, text = WAYS[way](client, stranger, "shortlist", version=1)
    assert status == (200 if way == "desk" else 404)
    assert "shortlisted" not in set(Match.objects.values_list("state", flat=True))
    assert way != "desk" or 'class="success"' not in text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_refusal_is_in_the_reader_s_language(cast, match, language, way):
    client = Client(headers={"accept-language": language})
    client.force_login(cast.curator)
    _status, text = WAYS[way](client, match, "dismiss", version=match.version, reason="other")
    with override(language):
        words = escape(gettext("Say in the note what the reason is."))
    assert words != "Say in the note what the reason is."
    assert words in text
