"""What a writer of a draft is told: entries that are about the same, as far as the writer may know of them."""

import pytest

from solutions.enums import Visibility
from tests.factories import DemandFactory
from tests.matching.conftest import GARDENS, PUMPS, catalogue

__all__ = ["catalogue"]
pytestmark = pytest.mark.usefixtures("taxonomy")
ADDRESS = "/api/v1/suggestions/"
DEMAND = {"kind": "demand", "language": "en", "country": "SEN", **GARDENS}
SUPPLY = {"kind": "solution", "language": "fr", "country": "BRA", **PUMPS}


def similar(client, draft):
    answer = client.post(ADDRESS, draft, format="json")
    assert answer.status_code == 200
    return answer.json()["similar"]


def test_a_draft_is_shown_what_is_about_the_same_in_any_language(caller, cast, catalogue):
    [demand] = similar(caller("focal_point"), DEMAND)
    assert demand == {
        "id": catalogue.demand.public_id,
        "kind": "demand",
        "title": GARDENS["title"],
        "organisation": "Ministry of Agriculture",
        "country": "SEN",
        "language": "en",
        "url": f"http://127.0.0.1:8000/entries/{catalogue.demand.public_id}/",
    }
    found = {entry["id"] for entry in similar(caller("publisher"), SUPPLY)}
    assert found == {catalogue.pumps.public_id, catalogue.training.public_id}
    english = {**SUPPLY, "language": "en", **GARDENS}
    assert catalogue.pumps.public_id in {entry["id"] for entry in similar(caller("publisher"), english)}


def test_similar_entries_are_only_those_the_writer_may_read(caller, cast, catalogue):
    hidden = DemandFactory(organisation=cast.ministry, visibility=Visibility.PRIVATE, **GARDENS)
    for person, seen in (("focal_point", True), ("curator", True), ("outsider", False), ("publisher", False)):
        found = {entry["id"] for entry in similar(caller(person), DEMAND)}
        assert catalogue.demand.public_id in found
        assert (hidden.public_id in found) is seen


def test_a_draft_unlike_anything_has_nothing_similar(caller, cast, catalogue):
    draft = {"kind": "demand", "title": "Archives of radio broadcasts", "language": "en"}
    assert similar(caller("focal_point"), draft) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_suggestions_take_the_same_queries_however_much_there_is(
    caller, cast, catalogue, rows, django_assert_num_queries
):
    for _ in range(rows):
        DemandFactory(organisation=cast.ministry, **GARDENS)
    client = caller("focal_point")
    client.post(ADDRESS, DEMAND, format="json")
    with django_assert_num_queries(QUERIES):
        assert len(similar(client, DEMAND)) == rows + 1


QUERIES = 31
