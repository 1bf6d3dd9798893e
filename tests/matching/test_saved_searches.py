"""Kept searches: what comes in is told once, to who may know of it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse

from matching.models import SavedSearch
from matching.services import watching
from matching.services.searching import index_due
from matching.services.watching import MOST, SearchRefusedError, keep_search, tell_of_new
from matching.tasks import tell_of_saved_searches
from notifications.enums import Frequency
from notifications.models import Email, Notice
from notifications.services import notify, set_preferences
from solutions.enums import Visibility
from solutions.models import SearchText
from tests.factories import NOW, DemandFactory, LanguageFactory, SolutionFactory
from tests.notifications.conftest import at_once

__all__ = ["at_once"]
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FORM = "application/x-www-form-urlencoded"
MANY = "q=" + "x+" * 90 + "&" + "&".join(f"goal={n}" for n in range(200))


@pytest.fixture
def pumps(cast):
    """The outsider keeps a search for pumps in solutions; one fits already."""
    SolutionFactory(organisation=cast.agency, title="Solar pumps of old")
    index_due()
    cast.kept = keep_search(owner=cast.outsider, asked=QueryDict("q=solar+pumps"), name="Pumps", at=NOW)
    return cast


def told():
    return [notice.context["entries"] for notice in Notice.objects.filter(kind="matching.saved_search").order_by("pk")]


def titles():
    return [[entry["title"] for entry in entries] for entries in told()]


def published(cast, title, *, at, **fields):
    return SolutionFactory(organisation=cast.agency, title=title, published_at=at, **fields)


def test_what_comes_in_is_told_once_in_one_notice(pumps):
    published(pumps, "New solar pumps", at=NOW + timedelta(hours=1))
    published(pumps, "Pompes solaires", at=NOW + timedelta(hours=2), language=LanguageFactory(code="fr"))
    published(pumps, "Tax returns", at=NOW + timedelta(hours=2), summary="Files.", body="Revenue.")
    assert tell_of_new(at=NOW + DAY) == 1
    assert sorted(titles()[0]) == ["New solar pumps", "Pompes solaires"]
    for days in (1, 2, 3):
        assert tell_of_new(at=NOW + DAY * days) == 0
    published(pumps, "Solar pumps again", at=NOW + DAY * 3 + timedelta(hours=1))
    assert tell_of_new(at=NOW + DAY * 4) == 1
    assert titles()[1:] == [["Solar pumps again"]]
    assert Email.objects.filter(scope="matching.saved_search").count() == 2


def test_what_was_published_while_the_last_check_ran_is_not_lost(pumps):
    published(pumps, "Solar pumps, first", at=NOW + timedelta(hours=1))
    assert tell_of_new(at=NOW + DAY) == 1
    published(pumps, "Solar pumps, late", at=NOW + DAY - timedelta(seconds=1))
    assert tell_of_new(at=NOW + DAY * 2) == 1
    assert titles() == [["Solar pumps, first"], ["Solar pumps, late"]]


def test_two_workers_tell_once(pumps):
    published(pumps, "New solar pumps", at=NOW + timedelta(hours=1))
    stale = SavedSearch.objects.get()
    assert tell_of_new(at=NOW + DAY) == 1
    SavedSearch.objects.filter(pk=stale.pk).update(checked_at=NOW, told=[])  # as a second worker read it
    assert tell_of_new(at=NOW + DAY) == 0
    assert len(told()) == 1


@pytest.fixture
def many(pumps):
    """Something new, and more searches than a cursor reads at a time."""
    SavedSearch.objects.bulk_create(
        SavedSearch(owner=pumps.outsider, name="Offers", address=f"kind=offer&page={page}", checked_at=NOW)
        for page in range(300)
    )
    published(pumps, "New solar pumps", at=NOW + timedelta(hours=1))
    return pumps


def test_others_may_write_while_many_searches_are_checked(many, at_once, monkeypatch):
    def write():
        return SavedSearch.objects.filter(pk=many.kept.pk).update(name="Solar pumps")

    def notify_and_write(**said):
        transaction.on_commit(lambda: at_once(write))
        return notify(**said)

    monkeypatch.setattr(watching, "notify", notify_and_write)
    assert at_once(lambda: tell_of_new(at=NOW + DAY)) == [1]
    assert at_once(SavedSearch.objects.filter(checked_at=NOW + DAY, name="Solar pumps").count) == [1]


def test_nobody_is_told_of_what_they_may_not_see(pumps):
    for level in (Visibility.PRIVATE, Visibility.FOCAL_POINTS):
        DemandFactory(
            organisation=pumps.ministry, title=f"Solar pumps {level}", visibility=level, published_at=NOW + DAY / 2
        )
    tell_of_new(at=NOW + DAY)
    assert titles() == [["Solar pumps focal_points"]]


def test_what_has_only_some_of_the_words_is_no_news(cast):
    keep_search(owner=cast.outsider, asked=QueryDict("q=solar+beekeeping"), name="", at=NOW)
    published(cast, "Solar pumps", at=NOW + DAY / 2)
    assert tell_of_new(at=NOW + DAY) == 0


def test_filters_and_the_chosen_frequency_hold(pumps, cast):
    keep_search(owner=cast.publisher, asked=QueryDict("kind=demand"), name="Demands", at=NOW)
    set_preferences(user=cast.publisher, frequencies={"matching.saved_search": Frequency.NEVER})
    published(pumps, "New solar pumps", at=NOW + DAY / 2)
    DemandFactory(organisation=cast.ministry, title="Wells", summary="x", body="x", published_at=NOW + DAY / 2)
    tell_of_new(at=NOW + DAY)
    assert Notice.objects.get(recipient=cast.publisher).context["entries"][0]["title"] == "Wells"
    assert not Email.objects.filter(recipient=cast.publisher).exists()


def test_the_daily_task_reads_the_index_first(pumps):
    published(pumps, "New solar pumps", at=NOW + DAY / 2)
    assert not SearchText.objects.filter(entry__title="New solar pumps").exists()
    with time_machine.travel(NOW + DAY):
        tell_of_saved_searches()
    assert titles() == [["New solar pumps"]]


def test_a_search_is_kept_from_the_search_page_renamed_and_deleted(client, cast):
    client.force_login(cast.observer)
    html = client.get("/search/?q=pumps&kind=solution&page=1").content.decode()
    assert "Keep this search" in html
    answer = client.post("/searches/", {"q": "pumps", "kind": "solution", "name": "My pumps", "page": "7"})
    kept = SavedSearch.objects.get()
    assert (kept.name, kept.address, kept.owner) == ("My pumps", "q=pumps&kind=solution", cast.observer)
    assert answer["Location"] == "/search/?q=pumps&kind=solution"
    own = reverse("saved-search", args=[kept.public_id])
    assert client.get(own)["Location"] == kept.path
    client.post(own, {"name": "Other name"})
    assert "Other name" in client.get("/searches/").content.decode()
    client.post(reverse("saved-search-delete", args=[kept.public_id]))
    assert not SavedSearch.objects.exists()


def test_a_name_that_does_not_do_is_said_at_the_field_and_not_lost(client, pumps):
    client.force_login(pumps.outsider)
    html = client.post(reverse("saved-search", args=[pumps.kept.public_id]), {"name": "n" * 81}).content.decode()
    assert "n" * 81 in html
    assert 'role="alert"' in html
    assert SavedSearch.objects.get().name == "Pumps"
    client.post(reverse("saved-search", args=[pumps.kept.public_id]), {"name": "Solar\0pumps "})
    assert SavedSearch.objects.get().name == "Solar pumps"


def test_a_search_belongs_to_one_person(client, pumps):
    client.force_login(pumps.curator)
    for name in ("saved-search", "saved-search-delete"):
        assert client.post(reverse(name, args=[pumps.kept.public_id]), {"name": "Mine"}).status_code == 404
    assert "Pumps" not in client.get("/searches/").content.decode()
    client.logout()
    assert client.get("/searches/").status_code == 302
    assert "Keep this search" not in client.get("/search/?q=pumps").content.decode()


@pytest.mark.parametrize("query", ["", "page=3", "q=++", MANY], ids=["nothing", "page", "blanks", "many"])
def test_what_cannot_be_kept_is_refused_with_a_reason(client, cast, query):
    client.force_login(cast.outsider)
    html = client.post("/searches/", query, content_type=FORM, follow=True).content.decode()
    assert 'class="message error"' in html
    assert not SavedSearch.objects.exists()


def test_the_same_search_twice_and_too_many_are_refused(pumps):
    with pytest.raises(SearchRefusedError, match="already"):
        keep_search(owner=pumps.outsider, asked=QueryDict("q=solar+pumps&q="), name="Again", at=NOW)
    for number in range(MOST - 1):
        keep_search(owner=pumps.outsider, asked=QueryDict(f"q=word{number}"), name="", at=NOW)
    with pytest.raises(SearchRefusedError, match=str(MOST)):
        keep_search(owner=pumps.outsider, asked=QueryDict("q=one+more"), name="", at=NOW)


def test_the_list_takes_the_same_queries_with_one_row_and_with_three(client, pumps, django_assert_num_queries):
    client.force_login(pumps.outsider)
    for more in ((), ("a", "b")):
        for word in more:
            keep_search(owner=pumps.outsider, asked=QueryDict(f"q={word}"), name=word, at=NOW)
        with django_assert_num_queries(5):
            client.get("/searches/")
