"""Matches answered and curated over the API, and one's notices."""

import pytest

from matching.models import Match
from matching.services.ranking import rank_demand
from tests.factories import NOW
from tests.matching.conftest import catalogue

__all__ = ["catalogue"]
pytestmark = pytest.mark.usefixtures("taxonomy")


@pytest.fixture
def match(catalogue):
    rank_demand(demand_id=catalogue.demand.pk, at=NOW)
    return Match.objects.get(supply=catalogue.training)


def post(client, match, verb, **body):
    return client.post(f"/api/v1/matches/{match.public_id}/{verb}/", body, format="json")


def test_a_match_goes_from_proposal_to_agreement(caller, match):
    country, provider, curator = caller("focal_point"), caller("publisher"), caller("curator")
    shown = curator.get(f"/api/v1/matches/{match.public_id}/")
    assert (shown.json()["state"], len(shown.json()["explanation"]["lines"])) == ("proposed", 9)
    assert post(country, match, "shortlist").json()["state"] == "shortlisted"
    assert post(country, match, "introduce").status_code == 403
    assert post(curator, match, "introduce", note="Please meet.").json()["state"] == "introduced"
    assert post(provider, match, "accept", side="supply_side").json()["state"] == "introduced"
    assert post(provider, match, "accept", side="demand_side").status_code == 403
    assert post(country, match, "accept", side="demand_side").json()["state"] == "interested"
    assert post(country, match, "agree").json()["state"] == "agreed"
    late = post(provider, match, "decline", side="supply_side", reason="no_funding")
    assert (late.status_code, late.json()["code"]) == (409, "match_not_open")


def test_a_decision_needs_a_reason_and_the_version_that_was_read(caller, match):
    curator = caller("curator")
    etag = curator.get(f"/api/v1/matches/{match.public_id}/").headers["ETag"]
    assert post(curator, match, "dismiss").json()["errors"][0]["pointer"] == "#/reason"
    assert post(curator, match, "dismiss", reason="no_answer").status_code == 409
    assert post(caller("outsider"), match, "dismiss", reason="wrong_topic").status_code == 404
    assert post(caller("visitor"), match, "dismiss", reason="wrong_topic").status_code == 401
    assert post(curator, match, "shortlist").status_code == 200
    stale = curator.post(
        f"/api/v1/matches/{match.public_id}/dismiss/",
        {"reason": "wrong_topic"},
        format="json",
        headers={"if-match": etag},
    )
    assert stale.status_code == 412
    assert post(curator, match, "dismiss", reason="wrong_topic").json()["state"] == "dismissed"
    assert post(curator, match, "reopen").json()["state"] == "proposed"


def test_notices_are_read_and_preferences_kept(caller, match, cast):
    client = caller("focal_point")
    rows = client.get("/api/v1/notices/").json()["results"]
    assert [row["kind"] for row in rows] == ["matching.new_matches"]
    assert rows[0]["text"]
    assert caller("outsider").get("/api/v1/notices/").json()["results"] == []
    assert client.post("/api/v1/notices/read/", {"ids": [rows[0]["id"]]}, format="json").json() == {"read": 1}
    assert client.post("/api/v1/notices/read/", {}, format="json").json() == {"read": 0}
    chosen = {"frequencies": {"matching.new_matches": "weekly", "matching.overdue": "never"}}
    answer = client.patch("/api/v1/preferences/", chosen, format="json").json()["frequencies"]
    assert (answer["matching.new_matches"], "matching.overdue" in answer) == ("weekly", False)  # of curators
    wrong = client.patch("/api/v1/preferences/", {"frequencies": {"nonsense": "never"}}, format="json")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "#/frequencies/nonsense")
    assert caller("visitor").get("/api/v1/preferences/").status_code == 401
