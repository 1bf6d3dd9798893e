"""The curators' desk: what the list shows, what decisions do, and what both cost."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.publicids import new_public_id
from matching.models import Match, MatchEvent, RankingRun
from matching.services.curation import dismiss, shortlist
from matching.services.ranking import rank_everything
from taxonomy.models import CountryGroup, Goal, Target
from tests.factories import NOW
from tests.matching.conftest import french_pumps

LIST = "/admin/matching/match/"
PEOPLE = ("focal_point", "colleague", "observer", "publisher", "outsider", "unverified_member", "curator", "visitor")


@pytest.fixture
def pumps(ranked):
    return Match.objects.get(supply=ranked.pumps)


def decide(client, action, *matches, versions=None, **fields):
    seen = {f"version_{m.pk}": (versions or {}).get(m.pk, m.version) for m in matches}
    data = {"action": action, "_selected_action": [m.pk for m in matches], "index": 0, "decide": "1", **seen, **fields}
    return client.post(LIST, data, follow=True)


def cost(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in queries.captured_queries]


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_only_curators_come_in(cast, pumps):
    urls = [LIST, f"{LIST}{pumps.pk}/change/", "/admin/matching/rankingrun/"]
    seen = {}
    for person in PEOPLE:
        client = Client()
        if person != "visitor":
            client.force_login(getattr(cast, person))
        seen[person] = tuple(client.get(url).status_code for url in urls)
    assert seen == {**dict.fromkeys(PEOPLE, (302, 302, 302)), "curator": (200, 200, 200)}


@pytest.mark.parametrize("person", PEOPLE)
def test_only_curators_decide_at_the_desk(cast, pumps, person):
    client = Client()
    if person != "visitor":
        client.force_login(getattr(cast, person))
    decide(client, "shortlist_selected", pumps)
    assert Match.objects.get(pk=pumps.pk).state == ("shortlisted" if person == "curator" else "proposed")


def test_the_list_shows_score_countries_languages_and_reasons(desk, ranked):
    text = desk.get(LIST).content.decode()
    table = text[text.index('id="result_list"') :]
    assert table.count("<meter") == 2
    assert "Solar pumps = Pompes solaires" in table
    assert "en ← fr" in table
    assert table.count('class="match-group"') == 1
    assert "Senegal" in table
    assert "Brazil, Solution" in table
    assert re.search(r"What the texts say \d+\.\d", table)
    first, second = Match.objects.best_first().values_list("supply__title", flat=True)
    assert table.index(first) < table.index(second)
    assert "style=" not in table


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=proposed", 2),
        ("state=dismissed", 0),
        ("band=weak", 0),
        ("goal=6", 2),
        ("goal=7", 0),
        ("region=011", 2),
        ("region=005", 0),
        ("languages=en-en", 1),
        ("languages=en-fr", 1),
        ("languages=fr-en", 0),
        ("target=6.1", 2),
        ("target=7.1", 0),
        ("group=ldc", 2),
        ("group=sids", 0),
        ("overdue=yes", 0),
        ("run=0", 0),
        ("run=x", 0),
        ("goal=x", 0),
        ("goal=99999999999999999999999", 0),
        ("demand=nothing", 0),
        ("q=technicians", 1),
        ("q=gardens", 2),
    ],
)
def test_the_list_narrows(desk, ranked, query, found):
    for number in (6, 7):
        Goal.objects.create(number=number, names={"en": f"Goal {number}"}, colour="#000000")
        Target.objects.create(code=f"{number}.1", goal_id=number, position=1, labels={"en": f"Target {number}.1"})
    for code in ("ldc", "sids"):
        CountryGroup.objects.create(code=code, names={"en": code}, source="a test")
    ranked.demand.country.memberships.create(group_id="ldc")
    ranked.demand.goals.add(6)
    ranked.demand.targets.add("6.1")
    assert len(desk.get(f"{LIST}?{query}").context["cl"].result_list) == found


def test_the_list_costs_the_same_for_any_number_of_matches_and_never_counts_them_all(desk, cast, pumps):
    one = cost(desk, f"{LIST}?languages=en-fr")
    for _ in range(2):
        pumps.pk, pumps.public_id, pumps.supply = None, new_public_id(), french_pumps(organisation=cast.agency)
        pumps.save(force_insert=True)
    three = cost(desk, f"{LIST}?languages=en-fr")
    assert len(three) == len(one)
    counts = [sql for sql in three if "COUNT(*)" in sql and "matching_match" in sql]
    assert counts
    assert all("LIMIT 5000" in sql for sql in counts)


def test_the_change_page_compares_the_two_entries_and_explains(desk, ranked, pumps):
    text = desk.get(f"{LIST}{pumps.pk}/change/").content.decode()
    body = text[text.index('id="content"') :]
    for entry in (ranked.demand, ranked.pumps):
        assert reverse("entry-detail", args=[entry.public_id]) in body
        assert entry.body.replace("'", "&#x27;") in body
    assert "Solar pumps = Pompes solaires" in body
    assert 'name="_save"' not in body
    assert 'value="shortlist_selected"' in body
    assert 'value="reopen_selected"' not in body
    assert "style=" not in body


def test_a_posted_change_form_changes_nothing(desk, pumps):
    before = Match.objects.filter(pk=pumps.pk).values().get()
    inlines = {f"events-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    desk.post(f"{LIST}{pumps.pk}/change/", {"state": "shortlisted", "score": "1", "rank": "1", **inlines})
    assert Match.objects.filter(pk=pumps.pk).values().get() == before


def test_matches_are_neither_added_nor_deleted_here(desk, pumps):
    assert desk.get(f"{LIST}add/").status_code == 403
    assert desk.post(f"{LIST}{pumps.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get(f"/admin/matching/rankingrun/{pumps.run_id}/change/").status_code == 200
    assert desk.post(f"/admin/matching/rankingrun/{pumps.run_id}/change/", {"state": "failed"}).status_code == 403
    assert Match.objects.filter(pk=pumps.pk).exists()
    assert RankingRun.objects.get().state == "finished"


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("shortlist_selected", "proposed", "shortlisted"),
        ("dismiss_selected", "proposed", "dismissed"),
        ("reopen_selected", "dismissed", "proposed"),
    ],
)
def test_a_decision_asks_first_and_is_then_on_record(desk, cast, pumps, action, before, after):
    Match.objects.filter(pk=pumps.pk).update(state=before)
    asked = desk.post(LIST, {"action": action, "_selected_action": [pumps.pk], "index": 0})
    assert Match.objects.get(pk=pumps.pk).state == before
    assert f'name="version_{pumps.pk}" value="1"' in asked.content.decode()
    answer = decide(desk, action, pumps, note="Looks right.", reason="no_capacity")
    match = Match.objects.get(pk=pumps.pk)
    assert (match.state, match.decided_by) == (after, cast.curator)
    assert MatchEvent.objects.latest("pk").note == "Looks right."
    assert said(answer) == [f"{match.demand.title} ← {match.supply.title}: {match.get_state_display()}"]


def test_a_dismissal_without_a_reason_is_asked_again(desk, pumps):
    answer = decide(desk, "dismiss_selected", pumps, note="No.")
    assert "This field is required." in answer.content.decode()
    assert Match.objects.get(pk=pumps.pk).state == "proposed"


def test_each_selected_match_gets_a_line_of_its_own(desk, cast, ranked, pumps):
    training = Match.objects.get(supply=ranked.training)
    dismiss(match=training, by=cast.curator, reason="duplicate", at=NOW)
    answer = decide(desk, "shortlist_selected", pumps, training)
    lines = sorted(said(answer))
    assert len(lines) == 3
    assert "1 of 2 matches decided." in lines
    assert any("Pompes solaires" in line and line.endswith("Shortlisted") for line in lines)
    assert any("Training" in line and "was first: this match is “Dismissed”" in line for line in lines)


def test_what_a_colleague_moved_since_the_page_was_shown_is_not_overridden(desk, cast, pumps):
    seen = {pumps.pk: pumps.version}
    shortlist(match=pumps, by=cast.curator, at=NOW)
    for versions in (seen, {pumps.pk: ""}, {pumps.pk: "x"}):
        answer = decide(desk, "dismiss_selected", pumps, versions=versions, reason="duplicate")
        assert "was first: this match is “Shortlisted”" in said(answer)[0]
    assert Match.objects.get(pk=pumps.pk).state == "shortlisted"


def test_the_history_is_on_the_page(desk, cast, pumps):
    dismiss(match=pumps, by=cast.curator, reason="no_funding", note="Asked twice.", at=NOW)
    text = desk.get(f"{LIST}{pumps.pk}/change/").content.decode()
    history = text[text.index('id="events-group"') :]
    assert "Asked twice." in history
    assert "No funding" in history


def test_runs_are_listed_newest_first_with_what_came_out(desk, ranked):
    rank_everything(at=NOW)
    answer = desk.get("/admin/matching/rankingrun/")
    runs = list(answer.context["cl"].result_list)
    assert [run.new_count for run in runs] == [0, 2]
    assert len(cost(desk, "/admin/matching/rankingrun/")) == len(
        cost(desk, "/admin/matching/rankingrun/?scope__exact=supply")
    )
