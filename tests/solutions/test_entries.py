"""Creating and changing entries: permissions, rules, versions, ranking."""

from datetime import date, timedelta

import pytest

from solutions.enums import EntryState, Kind
from solutions.models import Demand, Entry, Solution
from solutions.queries import for_records
from solutions.services import (
    EntryChangedError,
    InvalidEntryError,
    NotPermittedError,
    create_entry,
    publish_entry,
    submit_entry,
    update_entry,
)
from solutions.services.records import record_of
from tests.factories import NOW, DemandFactory, OfferFactory, SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")

DEMAND = {
    "title": "Repair of village pumps",
    "summary": "Pumps stand still for want of trained repairers.",
    "language": "en",
    "country": "SEN",
    "targets": ["6.b", "2.a"],
    "sectors": ["water", "rural water"],
    "modalities": ["training"],
    "working_languages": ["fr", "en"],
    "gap": "Nobody repairs.",
    "needs": [{"title": "Train 40 repairers", "description": "In five districts.", "modality": "training"}],
    "start_date": "2027-01-01",
    "preferred_regions": ["005"],
    "visibility": "public_summary",
}
LATER = NOW + timedelta(hours=1)


def create(cast, **changes):
    return create_entry(
        kind=Kind.DEMAND, organisation=cast.ministry, values={**DEMAND, **changes}, by=cast.focal_point, at=NOW
    )


def test_a_created_entry_is_a_draft_with_clean_values(cast):
    entry = create(cast)
    stored = for_records(Entry.objects.filter(pk=entry.pk)).get()
    assert (stored.state, stored.version, stored.created_by, stored.updated_by) == (
        EntryState.DRAFT,
        1,
        cast.focal_point,
        cast.focal_point,
    )
    record = record_of(stored)
    assert {name: record[name] for name in ("goals", "targets", "sectors", "keywords", "needs", "start_date")} == {
        "goals": [2, 6],  # of the targets
        "targets": ["2.a", "6.b"],
        "sectors": ["water"],
        "keywords": ["rural water"],  # no sector has this name
        "needs": [{"title": "Train 40 repairers", "description": "In five districts.", "modality": "training"}],
        "start_date": date(2027, 1, 1),
    }
    assert record["working_languages"] == ["en", "fr"]
    assert stored.demand.history.get().history_user == cast.focal_point


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        (Kind.DEMAND, {"focal_point", "colleague"}),
        (Kind.SOLUTION, {"curator"}),
        (Kind.OFFER, {"curator"}),
    ],
)
def test_who_may_write_for_the_ministry(cast, kind, allowed):
    done = set()
    values = {name: DEMAND[name] for name in ("title", "summary", "language")}
    people = {name: who for name, who in vars(cast).items() if hasattr(who, "is_authenticated")}
    for name, person in people.items():
        try:
            create_entry(kind=kind, organisation=cast.ministry, values=values, by=person, at=NOW)
            done.add(name)
        except NotPermittedError:
            pass
    assert done == allowed


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"goals": [18]}, "goals"),
        ({"goals": [True]}, "goals"),
        ({"targets": ["2.z"]}, "targets"),
        ({"country": "SN"}, "country"),
        ({"language": "xx"}, "language"),
        ({"title": " "}, "title"),
        ({"title": "a" * 201}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"summary": None}, "summary"),
        ({"summary": "a\x00b"}, "summary"),
        ({"summary": "a\ud800"}, "summary"),
        ({"body": "a" * 20_001}, "body"),
        ({"end_date": "2026-12-31"}, "end_date"),
        ({"start_date": "2027-02-30"}, "start_date"),
        ({"contact_url": "javascript:alert(1)"}, "contact_url"),
        ({"contact_url": "https://"}, "contact_url"),
        ({"contact_url": "https://[x"}, "contact_url"),
        ({"provenance": {"url": "ftp://example.org"}}, "provenance"),
        ({"provenance": {"page": "1"}}, "provenance"),
        ({"visibility": None}, "visibility"),
        ({"visibility": "everyone"}, "visibility"),
        ({"beneficiary_count": -1}, "beneficiary_count"),
        ({"beneficiary_count": 2**31}, "beneficiary_count"),
        ({"needs": [{"title": ""}]}, "needs"),
        ({"needs": [{"title": "a", "modality": "magic"}]}, "needs"),
        ({"illustrative": "yes"}, "illustrative"),
        ({"keywords": ["a"] * 101}, "keywords"),
        ({"challenge": "of a solution"}, "challenge"),
        ({"organisation": "agency"}, "organisation"),
    ],
)
def test_bad_values_are_refused_by_field(cast, changes, field):
    with pytest.raises(InvalidEntryError) as refused:
        create(cast, **changes)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not Entry.objects.exists()


def test_all_problems_are_named_at_once(cast):
    with pytest.raises(InvalidEntryError) as refused:
        create(cast, goals=[18], title="", country="ZZZ")
    assert {problem.field for problem in refused.value.problems} == {"goals", "title", "country"}


def test_an_update_changes_what_is_given_and_nothing_else(cast):
    entry = create(cast)
    before = record_of(for_records(Entry.objects.filter(pk=entry.pk)).get())
    update_entry(entry=entry, values={"targets": ["2.3"], "needs": []}, version=1, by=cast.colleague, at=LATER)
    stored = for_records(Entry.objects.filter(pk=entry.pk)).get()
    # Goals that are set stay: a target that goes does not prove that its goal goes.
    assert record_of(stored) == {**before, "targets": ["2.3"], "needs": []}
    assert (stored.version, stored.updated_by, stored.updated_at) == (2, cast.colleague, LATER)
    assert [h.version for h in stored.demand.history.order_by("pk")] == [1, 2]


def test_an_update_that_changes_nothing_is_no_version(cast):
    entry = create(cast)
    update_entry(entry=entry, values={"title": DEMAND["title"]}, version=1, by=cast.colleague, at=LATER)
    assert Entry.objects.get().version == 1


def test_a_stale_update_is_refused_and_names_who_was_first(cast):
    entry = create(cast)
    update_entry(entry=entry, values={"gap": "Mine."}, version=1, by=cast.colleague, at=LATER)
    with pytest.raises(EntryChangedError) as refused:
        update_entry(entry=entry, values={"gap": "Theirs."}, version=1, by=cast.focal_point, at=LATER)
    assert str(refused.value) == (
        "Focal point changed this entry on Nov. 2, 2026, 10 a.m.. Read it again, then make your change."
    )
    assert Demand.objects.get().gap == "Mine."


def test_a_change_of_a_live_entry_makes_its_ranking_due_once(cast, django_capture_on_commit_callbacks):
    demand = DemandFactory(organisation=cast.ministry)
    draft = DemandFactory(organisation=cast.ministry, state=EntryState.DRAFT)
    with django_capture_on_commit_callbacks() as jobs:
        for entry in (demand, draft):
            update_entry(entry=entry, values={"gap": "New."}, version=1, by=cast.focal_point, at=LATER)
    assert list(Entry.objects.order_by("pk").values_list("ranking_due_at", flat=True)) == [LATER, None]
    assert len(jobs) == 1


def test_a_solution_one_may_not_know_of_cannot_be_linked(cast):
    hidden = SolutionFactory(organisation=cast.other, state=EntryState.DRAFT)
    seen = SolutionFactory(organisation=cast.other)
    offer = OfferFactory(organisation=cast.agency)
    values = {"linked_solutions": [seen.public_id, hidden.public_id]}
    with pytest.raises(InvalidEntryError) as refused:
        update_entry(entry=offer, values=values, version=1, by=cast.publisher, at=LATER)
    assert [problem.value for problem in refused.value.problems] == [hidden.public_id]
    update_entry(entry=offer, values={"linked_solutions": [seen.public_id]}, version=1, by=cast.publisher, at=LATER)
    assert [one.pk for one in offer.linked_solutions.all()] == [seen.pk]


def test_adapted_from_can_be_set_and_cleared(cast):
    first, second = SolutionFactory(), SolutionFactory(organisation=cast.agency)
    values = {"adapted_from": first.public_id}
    update_entry(entry=second, values=values, version=1, by=cast.publisher, at=LATER)
    assert Solution.objects.get(pk=second.pk).adapted_from_id == first.pk
    update_entry(entry=second, values={"adapted_from": None}, version=2, by=cast.publisher, at=LATER)
    assert Solution.objects.get(pk=second.pk).adapted_from_id is None


def test_what_was_edited_after_reading_cannot_be_published(cast):
    entry = create(cast)
    submit_entry(entry=entry, by=cast.focal_point, at=NOW)
    read = Entry.objects.get()
    update_entry(entry=read, values={"gap": "Slipped in."}, version=2, by=cast.focal_point, at=LATER)
    with pytest.raises(EntryChangedError):
        publish_entry(entry=read, by=cast.curator, at=LATER)
    assert Entry.objects.get().state == EntryState.SUBMITTED
