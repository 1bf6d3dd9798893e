"""Who sees what: every reader, kind, visibility and state, in lists, on pages, over the API, in the export."""

import io
import itertools
import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from solutions.enums import EntryState, Visibility
from solutions.lifecycle import LIVE
from solutions.models import Entry
from solutions.rules import SUMMARY_FIELDS
from solutions.services import FileFormat, export_records
from tests.factories import DemandFactory, OfferFactory, SolutionFactory

READERS = [
    "focal_point",
    "colleague",
    "observer",
    "publisher",
    "outsider",
    "unverified_member",
    "curator",
    "visitor",
]
OWN = {"focal_point", "colleague", "observer"}
VERIFIED = {"publisher", "outsider"}
STRANGERS = {"unverified_member", "visitor"}
SECRET = "Only for those who may read the whole"


def expected(reader: str, visibility: Visibility, state: EntryState) -> str:
    """Say what a reader sees of an entry of the ministry: nothing, summary, whole."""
    if reader in OWN or reader == "curator":
        return "whole"
    if state not in LIVE:
        return "nothing"
    return {
        Visibility.PUBLIC: "whole",
        Visibility.PUBLIC_SUMMARY: "summary" if reader in STRANGERS else "whole",
        Visibility.FOCAL_POINTS: "nothing" if reader in STRANGERS else "whole",
        Visibility.PRIVATE: "nothing",
    }[visibility]


@pytest.fixture
def demands(cast, taxonomy):
    """One demand of the ministry for each visibility and state, every closed field holding the secret."""
    made = {}
    for visibility, state in itertools.product(Visibility, EntryState):
        demand = DemandFactory(
            organisation=cast.ministry,
            visibility=visibility,
            state=state,
            body=SECRET,
            gap=SECRET,
            under_way=SECRET,
            expected_outcomes=SECRET,
            measurement=SECRET,
            beneficiaries=SECRET,
            budget=SECRET,
            endorsing_body=SECRET,
            keywords=[SECRET],
            provenance={"source": SECRET},
            contact_url=f"https://example.org/{SECRET.replace(' ', '-')}",
        )
        demand.needs.create(title=SECRET)
        made[visibility, state] = demand
    return made


def seen_in(text: str) -> str:
    return "whole" if SECRET in text else "summary"


def login(client, cast, reader):
    person = getattr(cast, reader)
    if not isinstance(person, AnonymousUser):
        client.force_login(person)
    return person


@pytest.mark.parametrize("reader", READERS)
def test_pages_and_api_show_each_demand_as_far_as_the_reader_may_see(client, cast, demands, reader):
    login(client, cast, reader)
    wanted = {key: expected(reader, *key) for key in demands}
    for address in (
        lambda demand: reverse("entry-detail", args=[demand.public_id]),
        lambda demand: f"/api/v1/demands/{demand.public_id}/",
    ):
        found = {}
        for key, demand in demands.items():
            response = client.get(address(demand))
            assert response.status_code in (200, 404)
            found[key] = seen_in(response.content.decode()) if response.status_code == 200 else "nothing"
        assert found == wanted


@pytest.mark.parametrize("reader", READERS)
def test_lists_hold_what_is_live_and_no_more_than_its_summary(client, cast, demands, reader):
    login(client, cast, reader)
    wanted = {
        demand.public_id for key, demand in demands.items() if key[1] in LIVE and expected(reader, *key) != "nothing"
    }
    page = client.get("/demands/")
    assert {entry.public_id for entry in page.context["page"]} == wanted
    api = client.get("/api/v1/demands/")
    assert {row["id"] for row in api.json()["results"]} == wanted
    assert SECRET not in page.content.decode() + api.content.decode()


@pytest.mark.parametrize("reader", READERS)
def test_the_export_holds_each_demand_as_far_as_the_reader_may_see(cast, demands, reader):
    out = io.StringIO()
    export_records(out=out, file_format=FileFormat.JSONL, reader=getattr(cast, reader))
    lines = {json.loads(line)["id"]: line for line in out.getvalue().splitlines()}
    found = {
        key: seen_in(lines[demand.public_id]) if demand.public_id in lines else "nothing"
        for key, demand in demands.items()
    }
    assert found == {key: expected(reader, *key) for key in demands}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("factory", [SolutionFactory, OfferFactory])
def test_supplies_are_seen_once_live_and_drafts_by_their_own(client, cast, reader, factory):
    login(client, cast, reader)
    entries = {state: factory(organisation=cast.ministry, state=state) for state in EntryState}
    kind = entries[EntryState.DRAFT].kind
    found = {state: client.get(f"/api/v1/{kind}s/{e.public_id}/").status_code for state, e in entries.items()}
    pages = {state: client.get(reverse("entry-detail", args=[e.public_id])).status_code for state, e in entries.items()}
    own = reader in OWN | {"curator"}
    assert found == pages == {state: 200 if state in LIVE or own else 404 for state in EntryState}
    listed = {entry.state for entry in client.get(f"/{kind}s/").context["page"]}
    assert listed == set(LIVE)


def test_the_api_gives_a_stranger_the_fields_of_the_summary_alone(client, demands):
    demand = demands[Visibility.PUBLIC_SUMMARY, EntryState.PUBLISHED]
    about = {"id", "kind", "organisation", "published_at", "updated_at"}
    assert set(client.get(f"/api/v1/demands/{demand.public_id}/").json()) == {*SUMMARY_FIELDS, *about, "translations"}
    out = io.StringIO()
    export_records(out=out, file_format=FileFormat.JSONL, reader=AnonymousUser())
    record = next(row for row in map(json.loads, out.getvalue().splitlines()) if row["id"] == demand.public_id)
    assert set(record) == {*SUMMARY_FIELDS, "id", "kind", "organisation"}


def test_an_entry_is_not_found_under_another_kind(client, cast):
    solution = SolutionFactory(organisation=cast.agency)
    assert client.get(f"/api/v1/offers/{solution.public_id}/").status_code == 404


def test_linked_solutions_that_one_may_not_know_of_are_left_out(client, cast):
    hidden = SolutionFactory(organisation=cast.other, state=EntryState.DRAFT, title="Hidden")
    seen = SolutionFactory(organisation=cast.other, title="Seen")
    offer = OfferFactory(organisation=cast.agency)
    offer.linked_solutions.set([hidden, seen])
    adapted = SolutionFactory(organisation=cast.agency, adapted_from=hidden)
    assert client.get(f"/api/v1/offers/{offer.public_id}/").json()["linked_solutions"] == [seen.public_id]
    page = client.get(reverse("entry-detail", args=[offer.public_id])).content.decode()
    assert ("Seen" in page, "Hidden" in page, hidden.public_id in page) == (True, False, False)
    assert client.get(f"/api/v1/solutions/{adapted.public_id}/").json()["adapted_from"] is None
    assert "Hidden" not in client.get(reverse("entry-detail", args=[adapted.public_id])).content.decode()
    out = io.StringIO()
    export_records(out=out, file_format=FileFormat.JSONL, reader=AnonymousUser())
    assert hidden.public_id not in out.getvalue()


@pytest.mark.parametrize("reader", READERS)
def test_comments_of_moderation_are_for_those_who_work_on_the_entry(client, cast, reader):
    entry = DemandFactory(organisation=cast.ministry)
    entry.events.create(
        from_state="submitted", to_state="returned", note="Say where.", by=cast.curator, at=entry.published_at
    )
    login(client, cast, reader)
    page = client.get(reverse("entry-detail", args=[entry.public_id])).content.decode()
    assert ("Say where." in page) == (reader in OWN | {"curator"})


def test_a_summary_is_found_by_nothing_that_it_does_not_show(client, cast, taxonomy):
    demand = DemandFactory(organisation=cast.ministry, visibility=Visibility.PUBLIC_SUMMARY)
    demand.working_languages.set(["fr"])
    demand.preferred_countries.set(["BRA"])
    demand.needs.create(title="Train", modality_id="training")
    for query in ("language=fr", "country=BRA", "region=005", "modality=training", "search=women", "keyword=x"):
        found = client.get(f"/api/v1/demands/?{query}").json()["results"]
        ignored = query.startswith(("search", "keyword"))
        assert [row["id"] for row in found] == ([demand.public_id] if ignored else []), query
    assert Entry.objects.count() == 1
