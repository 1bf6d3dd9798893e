"""The freshness ladder, and the link by which an entry is confirmed without log-in."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as live_settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.links import seal
from matching import corpus
from notifications.models import Email, Notice
from solutions import tasks
from solutions.enums import EntryState, Freshness
from solutions.models import Entry, EntryEvent
from solutions.queries import for_ranking
from solutions.services import NotPermittedError, archive_entry, freshness, publish_entry, submit_entry
from solutions.services.freshness import (
    LINK_LIFE,
    PURPOSE,
    confirm_entry,
    keep_fresh,
    months_before,
    reconfirm_path,
)
from tests.factories import NOW, DemandFactory, OfferFactory, SolutionFactory

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
SIX, NINE, TWELVE, EIGHTEEN = (
    datetime(2027, 5, 2, 9, tzinfo=UTC),
    datetime(2027, 8, 2, 9, tzinfo=UTC),
    datetime(2027, 11, 2, 9, tzinfo=UTC),
    datetime(2028, 5, 2, 9, tzinfo=UTC),
)


@pytest.fixture
def solution(cast):
    """A solution of the agency, confirmed NOW."""
    return SolutionFactory(organisation=cast.agency, title="Solar pumps")


def stored(entry):
    return Entry.objects.get(pk=entry.pk)


def told(kind="solutions.reconfirm"):
    return list(Notice.objects.filter(kind=kind).order_by("pk"))


def test_it_climbs_rung_by_rung_at_the_set_months(cast, solution):
    rungs = [
        (SIX, Freshness.REMINDED, EntryState.PUBLISHED),
        (NINE, Freshness.MARKED, EntryState.STALE),
        (TWELVE, Freshness.HIDDEN, EntryState.STALE),
        (EIGHTEEN, Freshness.HIDDEN, EntryState.ARCHIVED),
    ]
    before = (Freshness.FRESH, EntryState.PUBLISHED)
    for number, (at, rung, state) in enumerate(rungs, start=1):
        assert not +keep_fresh(at=at - SECOND)
        assert (stored(solution).freshness, stored(solution).state) == before
        assert keep_fresh(at=at).total() == 1
        assert not +keep_fresh(at=at)
        before = (stored(solution).freshness, stored(solution).state)
        assert before == (rung, state)
        assert Notice.objects.filter(recipient=cast.publisher).count() == Notice.objects.count() == number
    assert [notice.context["months"] for notice in told()] == [6, 9, 12]
    assert [notice.context["next_months"] for notice in told()] == [9, 12, 18]
    assert told("solutions.archived_unconfirmed")[0].path == reverse("entry-detail", args=[solution.public_id])
    states = list(EntryEvent.objects.order_by("pk").values_list("from_state", "to_state", "by"))
    assert states == [("published", "stale", None), ("stale", "stale", None), ("stale", "archived", None)]


def test_what_is_years_old_is_still_asked_first(solution):
    at = NOW + timedelta(days=2000)
    climbed = []
    for _ in range(5):
        climbed += (+keep_fresh(at=at)).keys()
    assert climbed == [Freshness.REMINDED, Freshness.MARKED, Freshness.HIDDEN, EntryState.ARCHIVED]


def test_the_months_are_settings(settings, solution):
    settings.FRESHNESS_MONTHS = {"reminded": 1, "marked": 2, "hidden": 3, "archived": 4}
    keep_fresh(at=datetime(2026, 12, 2, 9, tzinfo=UTC))
    assert stored(solution).freshness == Freshness.REMINDED


def test_months_that_do_not_rise_stop_the_start(tmp_path):
    env = {**os.environ, "VAR_DIR": str(tmp_path), "FRESHNESS_MARK_MONTHS": "6"}
    done = subprocess.run([sys.executable, "manage.py", "check"], env=env, cwd=live_settings.BASE_DIR,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode != 0
    assert "FRESHNESS_*_MONTHS=[6, 6, 12, 18]: each must be above the last." in done.stderr


@pytest.mark.parametrize("state", [EntryState.DRAFT, EntryState.SUBMITTED, EntryState.RETURNED, EntryState.ARCHIVED])
def test_only_what_readers_see_grows_old(cast, state):
    entry = SolutionFactory(organisation=cast.agency, state=state)
    assert not +keep_fresh(at=EIGHTEEN)
    assert (stored(entry).state, stored(entry).freshness) == (state, Freshness.FRESH)


def test_who_may_confirm_is_asked(cast):
    DemandFactory(organisation=cast.ministry)
    OfferFactory(organisation=cast.agency)
    keep_fresh(at=SIX)
    assert {notice.recipient for notice in told()} == {cast.focal_point, cast.colleague, cast.publisher}
    assert len({notice.path for notice in told()}) == 3


def test_what_is_hidden_leaves_the_ranking_and_comes_back(cast, solution):
    at_hiding = TWELVE + SECOND
    Entry.objects.filter(pk=solution.pk).update(freshness=Freshness.MARKED, state=EntryState.STALE)
    before = corpus.fingerprint(at=TWELVE)
    assert for_ranking().filter(pk=solution.pk).exists()
    keep_fresh(at=at_hiding)
    assert not for_ranking().filter(pk=solution.pk).exists()
    assert not for_ranking([solution.pk]).exists()
    assert corpus.fingerprint(at=TWELVE) != before
    assert stored(solution).ranking_due_at == at_hiding
    assert Entry.objects.live().visible_to(cast.visitor).filter(pk=solution.pk).exists()
    confirm_entry(entry=stored(solution), by=cast.publisher, at=TWELVE + timedelta(days=1))
    assert for_ranking().filter(pk=solution.pk).exists()


@pytest.mark.parametrize("state", [EntryState.PUBLISHED, EntryState.STALE])
def test_confirming_makes_it_fresh_and_due_for_ranking(cast, solution, state, django_capture_on_commit_callbacks):
    Entry.objects.filter(pk=solution.pk).update(state=state, freshness=Freshness.REMINDED)
    with django_capture_on_commit_callbacks() as handed_over:
        confirm_entry(entry=stored(solution), by=cast.publisher, at=NINE)
    assert len(handed_over) == 1
    entry = stored(solution)
    assert (entry.state, entry.freshness, entry.confirmed_at) == (EntryState.PUBLISHED, Freshness.FRESH, NINE)
    assert (entry.version, entry.updated_by, entry.ranking_due_at) == (2, cast.publisher, NINE)
    event = EntryEvent.objects.get()
    assert (event.by, event.from_state, event.to_state) == (cast.publisher, state, EntryState.PUBLISHED)
    assert not +keep_fresh(at=NINE + timedelta(days=150))
    assert +keep_fresh(at=NINE + timedelta(days=190))


def test_who_may_not_edit_may_not_confirm(cast, solution):
    for person in (cast.focal_point, cast.observer, cast.outsider, cast.unverified_member):
        with pytest.raises(NotPermittedError):
            confirm_entry(entry=solution, by=person, at=SIX)
    assert stored(solution).confirmed_at == NOW


def test_someone_elses_change_comes_first(cast, solution):
    stale_read = stored(solution)
    Entry.objects.filter(pk=solution.pk).update(version=5)
    with pytest.raises(freshness.EntryChangedError):
        confirm_entry(entry=stale_read, by=cast.publisher, at=SIX)
    assert stored(solution).confirmed_at == NOW
    assert not EntryEvent.objects.exists()


def test_a_returned_entry_that_is_published_again_is_fresh(cast, solution):
    Entry.objects.filter(pk=solution.pk).update(freshness=Freshness.HIDDEN)
    archive_entry(entry=(entry := stored(solution)), by=cast.publisher, at=SIX)
    submit_entry(entry=entry, by=cast.publisher, at=SIX)
    publish_entry(entry=entry, by=cast.curator, at=NINE)
    assert (stored(solution).freshness, stored(solution).confirmed_at) == (Freshness.FRESH, NINE)


# The link of the mail


@pytest.fixture
def link(solution, time_machine):
    """The page in the reminder's e-mail, opened a day later."""
    keep_fresh(at=SIX)
    time_machine.move_to(SIX + timedelta(days=1), tick=False)
    text = Email.objects.get().text
    [page] = [line for line in text.split() if "/reconfirm/" in line]
    return page.removeprefix(live_settings.SITE_URL)


def test_getting_it_changes_nothing_and_one_click_confirms(cast, solution, link):
    browser = Client(enforce_csrf_checks=True)  # nobody is logged in
    for _ in range(3):
        assert browser.head(link).status_code == 200
        page = browser.get(link)
        assert "Solar pumps" in page.content.decode()
        assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert stored(solution).confirmed_at == NOW
    assert browser.post(link).status_code == 403
    assert stored(solution).confirmed_at == NOW
    done = browser.post(link, {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value})
    assert "Thank you" in done.content.decode()
    entry = stored(solution)
    assert (entry.confirmed_at, entry.updated_by) == (SIX + timedelta(days=1), cast.publisher)
    assert mail.outbox == []


def test_a_second_click_confirms_nothing_more(solution, link, client, time_machine):
    client.post(link)
    time_machine.move_to(SIX + timedelta(days=30), tick=False)
    assert "confirmed already" in client.get(link).content.decode()
    assert "confirmed already" in client.post(link).content.decode()
    assert stored(solution).confirmed_at == SIX + timedelta(days=1)
    assert EntryEvent.objects.count() == 1


def sealed_of(link):
    return link.split("/")[-2]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("damage", "status"),
    [
        ("cut", 404), ("changed", 404), ("for_another_purpose", 404), ("expired", 410), ("no_such_entry", 404),
        ("no_such_person", 404), ("lost_the_role", 404), ("inactive", 404), ("archived", 410),
    ],
)  # fmt: skip
def test_a_link_that_does_not_hold_is_answered_clearly_and_changes_nothing(
    cast, solution, link, client, time_machine, method, damage, status
):
    sealed, at = sealed_of(link), SIX
    contents = [solution.public_id, cast.publisher.pk, int(NOW.timestamp())]
    if damage == "cut":
        sealed = sealed[:-1]
    elif damage == "changed":
        sealed = "x" + sealed
    elif damage == "for_another_purpose":
        sealed = seal("notifications.unsubscribe", contents, until=at + LINK_LIFE)
    elif damage == "expired":
        time_machine.move_to(at + LINK_LIFE + SECOND)
    elif damage == "no_such_entry":
        sealed = seal(PURPOSE, ["none", *contents[1:]], until=at + LINK_LIFE)
    elif damage == "no_such_person":
        sealed = seal(PURPOSE, [contents[0], 10**9, contents[2]], until=at + LINK_LIFE)
    elif damage == "lost_the_role":
        cast.publisher.memberships.all().delete()
    elif damage == "inactive":
        type(cast.publisher).objects.filter(pk=cast.publisher.pk).update(is_active=False)
    else:
        Entry.objects.filter(pk=solution.pk).update(state=EntryState.ARCHIVED)
    before = Entry.objects.values().get(pk=solution.pk)
    answer = getattr(client, method)(link.replace(sealed_of(link), sealed))
    assert answer.status_code == status
    assert "Nothing was changed." in answer.content.decode()
    assert Entry.objects.values().get(pk=solution.pk) == before
    assert not EntryEvent.objects.exists()


def test_a_link_fits_where_notices_keep_it(cast, solution):
    longest = Notice._meta.get_field("path").max_length
    cast.publisher.pk = 2**63 - 1
    assert len(reconfirm_path(solution, person=cast.publisher, at=NOW)) < longest


def test_the_task_takes_arguments_of_a_newer_release(solution, time_machine):
    time_machine.move_to(SIX)
    tasks.keep_fresh(added_later=True)
    assert stored(solution).freshness == Freshness.REMINDED


def test_readers_see_since_when_it_is_not_confirmed(solution, client):
    keep_fresh(at=SIX)
    keep_fresh(at=NINE)
    page = client.get(reverse("entry-detail", args=[solution.public_id])).content.decode()
    assert "Not confirmed since Nov. 2, 2026" in page


@pytest.mark.parametrize(
    ("at", "months", "expected"),
    [
        ((2026, 11, 2), 6, (2026, 5, 2)),
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2028, 3, 31), 1, (2028, 2, 29)),
        ((2026, 1, 15), 1, (2025, 12, 15)),
        ((2026, 12, 31), 18, (2025, 6, 30)),
        ((2026, 11, 2), 12, (2025, 11, 2)),
    ],
)
def test_months_before(at, months, expected):
    assert months_before(datetime(*at, tzinfo=UTC), months) == datetime(*expected, tzinfo=UTC)
