"""Moving entries: who may, from where to where, and what is remembered."""

from datetime import timedelta

import pytest

from solutions.enums import EntryState
from solutions.lifecycle import MOVES
from solutions.models import Entry, EntryEvent
from solutions.services import (
    CommentMissingError,
    EntryChangedError,
    MoveNotAllowedError,
    NotPermittedError,
    archive_entry,
    publish_entry,
    return_entry,
    submit_entry,
)
from tests.factories import NOW, DemandFactory, SolutionFactory

LATER = NOW + timedelta(hours=1)
VERBS = {
    EntryState.SUBMITTED: submit_entry,
    EntryState.PUBLISHED: publish_entry,
    EntryState.RETURNED: return_entry,
    EntryState.ARCHIVED: archive_entry,
}
START = {
    EntryState.SUBMITTED: EntryState.DRAFT,
    EntryState.PUBLISHED: EntryState.SUBMITTED,
    EntryState.RETURNED: EntryState.SUBMITTED,
    EntryState.ARCHIVED: EntryState.PUBLISHED,
}
OWN = {"focal_point", "colleague"}


@pytest.mark.parametrize(
    ("to", "factory", "allowed"),
    [
        (EntryState.SUBMITTED, DemandFactory, OWN),
        (EntryState.PUBLISHED, DemandFactory, {"curator"}),
        (EntryState.RETURNED, DemandFactory, {"curator"}),
        (EntryState.ARCHIVED, DemandFactory, OWN | {"curator"}),
        (EntryState.SUBMITTED, SolutionFactory, {"curator"}),
        (EntryState.ARCHIVED, SolutionFactory, {"curator"}),
    ],
)
def test_who_may_move_an_entry_of_the_ministry(cast, to, factory, allowed):
    done = set()
    for name, person in vars(cast).items():
        if hasattr(person, "is_authenticated"):
            entry = factory(organisation=cast.ministry, state=START[to])
            try:
                VERBS[to](entry=entry, by=person, note="A word.", at=LATER)
                done.add(name)
            except NotPermittedError:
                assert not entry.events.exists()
    assert done == allowed


@pytest.mark.parametrize("before", EntryState)
@pytest.mark.parametrize("to", VERBS)
def test_only_the_moves_of_the_table_are_made(cast, before, to):
    entry = DemandFactory(organisation=cast.ministry, state=before)
    person = cast.focal_point if to is EntryState.SUBMITTED else cast.curator
    if to in MOVES[before]:
        VERBS[to](entry=entry, by=person, note="Because.", at=LATER)
        event = EntryEvent.objects.get()
        assert (event.entry_id, event.by, event.from_state, event.to_state, event.note, event.at) == (
            entry.pk,
            person,
            before,
            to,
            "Because.",
            LATER,
        )
        stored = Entry.objects.get()
        assert (stored.state, stored.version, stored.updated_by) == (to, 2, person)
    else:
        with pytest.raises(MoveNotAllowedError):
            VERBS[to](entry=entry, by=person, note="Because.", at=LATER)
        assert (Entry.objects.get().state, EntryEvent.objects.count()) == (before, 0)


def test_publishing_dates_the_entry_and_confirming_keeps_the_first_date(cast, django_capture_on_commit_callbacks):
    entry = DemandFactory(organisation=cast.ministry, state=EntryState.SUBMITTED, published_at=None, confirmed_at=None)
    with django_capture_on_commit_callbacks() as jobs:
        publish_entry(entry=entry, by=cast.curator, at=NOW)
    assert len(jobs) == 1
    Entry.objects.update(state=EntryState.STALE)
    stale = Entry.objects.get()
    publish_entry(entry=stale, by=cast.curator, at=LATER)
    stored = Entry.objects.get()
    assert (stored.published_at, stored.confirmed_at, stored.ranking_due_at) == (NOW, LATER, LATER)


def test_leaving_the_catalogue_makes_the_ranking_due(cast, django_capture_on_commit_callbacks):
    entry = DemandFactory(organisation=cast.ministry)
    with django_capture_on_commit_callbacks() as jobs:
        archive_entry(entry=entry, by=cast.focal_point, at=LATER)
    assert (len(jobs), Entry.objects.get().ranking_due_at) == (1, LATER)


def test_the_second_of_two_curators_is_told_who_was_first(cast):
    entry = DemandFactory(organisation=cast.ministry, state=EntryState.SUBMITTED)
    same = Entry.objects.get()
    publish_entry(entry=entry, by=cast.curator, at=LATER)
    with pytest.raises(EntryChangedError, match=r"^Curator changed this entry on Nov\. 2, 2026"):
        return_entry(entry=same, by=cast.curator, note="Too short.", at=LATER)
    assert EntryEvent.objects.count() == 1


def test_an_entry_is_not_returned_without_comments(cast):
    entry = DemandFactory(organisation=cast.ministry, state=EntryState.SUBMITTED)
    with pytest.raises(CommentMissingError):
        return_entry(entry=entry, by=cast.curator, note=" ", at=LATER)
