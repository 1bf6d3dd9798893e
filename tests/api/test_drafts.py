"""Suggestions, the federated match and search: read, answered, forgotten."""

import pytest

from matching.api.finding import SHOWN
from matching.api.partners import MEDIA_TYPE
from matching.services.searching import index_due
from solutions.enums import Visibility
from solutions.models import Entry
from tests.factories import DemandFactory
from tests.matching.conftest import GARDENS, PUMPS, catalogue

__all__ = ["catalogue"]
pytestmark = pytest.mark.usefixtures("taxonomy")
DEMAND = {"kind": "demand", "language": "en", "country": "SEN", **GARDENS}
SUPPLY = {"kind": "solution", "language": "fr", "country": "BRA", **PUMPS}


def test_a_draft_gets_goals_matches_with_reasons_and_what_it_lacks(caller, catalogue):
    before = Entry.objects.count()
    answer = caller("focal_point").post("/api/v1/suggestions/", DEMAND, format="json")
    assert answer.status_code == 200
    found = answer.json()
    assert {7} <= {proposed["goal"] for proposed in found["goals"]} | {2, 5, 6, 7}
    assert [hit["id"] for hit in found["matches"]][:2] in (
        [catalogue.training.public_id, catalogue.pumps.public_id],
        [catalogue.pumps.public_id, catalogue.training.public_id],
    )
    hit = found["matches"][0]
    assert sum(line["points"] for line in hit["explanation"]["lines"]) == pytest.approx(100 * hit["score"])
    assert {"goals", "sectors", "gap"} <= set(found["missing"])
    assert "title" not in found["missing"]
    assert Entry.objects.count() == before


def test_a_draft_of_a_supply_gets_the_demands_it_would_answer(caller, cast, catalogue):
    hidden = DemandFactory(organisation=cast.ministry, visibility=Visibility.PRIVATE, **GARDENS)
    for person, seen in (("publisher", {catalogue.demand}), ("focal_point", {catalogue.demand, hidden})):
        found = caller(person).post("/api/v1/suggestions/", SUPPLY, format="json").json()
        assert {hit["id"] for hit in found["matches"]} == {entry.public_id for entry in seen}


@pytest.mark.parametrize(
    ("body", "pointer", "status"),
    [
        ({}, "kind", 400),
        ({**DEMAND, "kind": "wish"}, "kind", 400),
        ({"kind": "demand"}, "title", 409),
        ({**DEMAND, "goals": [99]}, "goals", 409),
        ({**DEMAND, "country": "XXX"}, "country", 409),
        ({**DEMAND, "colour": "red"}, "colour", 409),
    ],
)
def test_a_draft_that_breaks_the_rules_is_refused_by_field(caller, catalogue, body, pointer, status):
    answer = caller("focal_point").post("/api/v1/suggestions/", body, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, f"#/{pointer}")


def test_a_partner_asks_for_matches_of_its_own_profile(caller, catalogue):
    partner = caller("publisher", "match")
    answer = partner.post("/api/v1/match", {"id": "ours-7", "profile": DEMAND, "limit": 1}, format="json")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    found = answer.json()
    assert (found["id"], len(found["results"])) == ("ours-7", 1)
    assert found["engine"]
    assert "not kept" in found["disclaimer"]
    assert set(found["results"][0]) == {
        "id", "kind", "title", "organisation", "country", "language", "url", "score", "band", "explanation",
    }  # fmt: skip
    assert Entry.objects.filter(title=GARDENS["title"]).count() == 1


def test_a_partner_needs_a_key_of_its_own_and_a_version_that_is_known(caller, catalogue):
    query = {"profile": DEMAND}
    assert caller("visitor").post("/api/v1/match", query, format="json").status_code == 401
    assert caller("curator").post("/api/v1/match", query, format="json").status_code == 401
    assert caller("publisher", "read", "write").post("/api/v1/match", query, format="json").status_code == 403
    partner = caller("publisher", "match")
    later = MEDIA_TYPE.replace("v1.0", "v9.0")
    assert partner.post("/api/v1/match", query, format="json", headers={"accept": later}).status_code == 406
    assert partner.post("/api/v1/match", b"{}", content_type=later).status_code == 415
    bad = partner.post("/api/v1/match", {"profile": [], "limit": 0}, format="json")
    assert {error["pointer"] for error in bad.json()["errors"]} == {"#/profile", "#/limit"}


@pytest.mark.parametrize("query", ["solar pumps", "المضخات الشمسية", "pompes solaires"])
def test_a_french_solution_is_found_by_words_of_other_languages(caller, catalogue, query):
    index_due()
    found = caller("visitor").get("/api/v1/search/", {"q": query}).json()
    assert catalogue.pumps.public_id in {hit["entry"]["id"] for hit in found["results"]}
    assert found["count"] == sum(found["kinds"].values()) == len(found["results"])
    only = caller("visitor").get("/api/v1/search/", {"q": query, "kind": "solution", "language": "fr"}).json()
    assert [hit["entry"]["id"] for hit in only["results"]] == [catalogue.pumps.public_id]
    assert any(wanted for _text, wanted in only["results"][0]["title"])


def test_search_asks_for_words_and_knows_its_filters(caller, catalogue):
    client = caller("visitor")
    for query in ({}, {"q": ""}, {"q": "x", "goal": "99"}, {"q": "x", "kind": "y"}, {"q": "x" * 300}):
        assert client.get("/api/v1/search/", query).status_code == 400
    for query, name in (("goal=", "goal"), ("page=0", "page"), ("page=x", "page")):
        refused = client.get(f"/api/v1/search/?q=x&{query}")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, f"#/{name}")


def test_search_turns_pages(caller, cast):
    made = {DemandFactory(organisation=cast.ministry, **GARDENS).public_id for _ in range(SHOWN + 2)}
    index_due()
    pages = [caller("visitor").get(f"/api/v1/search/?q=gardens&page={page}").json() for page in (1, 2, 3)]
    assert [(page["count"], len(page["results"])) for page in pages] == [(SHOWN + 2, n) for n in (SHOWN, 2, 0)]
    assert {hit["entry"]["id"] for page in pages for hit in page["results"]} == made


@pytest.mark.parametrize("rows", [1, 3])
def test_search_takes_the_same_queries_however_much_it_finds(caller, cast, catalogue, rows, django_assert_num_queries):
    for _ in range(rows):
        DemandFactory(organisation=cast.ministry, **GARDENS)
    index_due()
    client = caller("visitor")
    with django_assert_num_queries(SEARCH_QUERIES):
        assert client.get("/api/v1/search/", {"q": "solar pumps"}).json()["count"] >= rows


SEARCH_QUERIES = 11
