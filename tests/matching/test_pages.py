"""Page and API: who sees which match, what stands there, and at what cost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from core.publicids import new_public_id
from matching.models import Match
from matching.services.curation import dismiss
from matching.services.ranking import rank_everything
from solutions.enums import Visibility
from solutions.models import Entry
from tests.factories import NOW, DemandFactory, MembershipFactory
from tests.matching.conftest import GARDENS, french_pumps

MEMBERS = {"focal_point", "colleague", "observer"}
PEOPLE = ("focal_point", "colleague", "observer", "publisher", "outsider", "unverified_member", "curator", "visitor")


def sign_in(client, cast, person):
    if person != "visitor":
        client.force_login(getattr(cast, person))
    return client


def cost(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.fixture
def page(ranked):
    return reverse("demand-matches", args=[ranked.demand.public_id])


@pytest.mark.parametrize("visibility", Visibility)
def test_the_page_is_for_the_demand_s_own_people_and_curators(cast, ranked, page, visibility):
    Entry.objects.filter(pk=ranked.demand.pk).update(visibility=visibility)
    assert {person: sign_in(Client(), cast, person).get(page).status_code for person in PEOPLE} == {
        **dict.fromkeys(PEOPLE, 404),
        **dict.fromkeys(MEMBERS | {"curator"}, 200),
        "visitor": 302,
    }


def test_other_entries_have_no_such_page(client, cast, ranked):
    client.force_login(cast.curator)
    for name in (ranked.pumps.public_id, "nothing00000"):
        assert client.get(reverse("demand-matches", args=[name])).status_code == 404


def test_the_page_says_why_in_both_wordings_and_in_the_reader_s_language(client, cast, ranked, page):
    client.force_login(cast.focal_point)
    text = client.get(page).content.decode()
    first, second = Match.objects.best_first().values_list("supply__title", flat=True)
    assert text.index(first) < text.index(second)
    assert "Solar pumps = Pompes solaires" in text
    assert "sectors. Stated, it could add up to" in text
    assert reverse("entry-detail", args=[ranked.pumps.public_id]) in text
    assert "<script" not in text.split("<main")[1]
    assert "style=" not in text


def test_a_dismissed_match_is_not_on_the_page(client, cast, ranked, page):
    dismiss(match=Match.objects.get(supply=ranked.pumps), by=cast.curator, reason="wrong_topic", at=NOW)
    client.force_login(cast.focal_point)
    text = client.get(page).content.decode()
    assert ranked.training.title in text
    assert ranked.pumps.title not in text


def test_a_demand_without_matches_says_that_the_search_goes_on(client, cast):
    demand = DemandFactory(organisation=cast.ministry)
    client.force_login(cast.focal_point)
    answer = client.get(reverse("demand-matches", args=[demand.public_id]))
    assert "Nothing above the threshold yet." in answer.content.decode()


def test_the_page_is_paginated_and_costs_the_same_for_any_number_of_matches(client, cast, ranked, page):
    client.force_login(cast.focal_point)
    few = cost(client, page)
    match = Match.objects.get(supply=ranked.pumps)
    for _ in range(9):
        match.pk, match.public_id, match.supply = None, new_public_id(), french_pumps(organisation=cast.agency)
        match.save(force_insert=True)
    assert cost(client, page) == few
    first = client.get(page)
    assert len(first.context["matches"]) == 10
    assert 'rel="next" href="?page=2"' in first.content.decode()
    assert len(client.get(page, {"page": 2}).context["matches"]) == 1


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        (Visibility.PRIVATE, MEMBERS | {"curator"}),
        (Visibility.FOCAL_POINTS, MEMBERS | {"curator", "publisher"}),
        (Visibility.PUBLIC_SUMMARY, MEMBERS | {"curator", "publisher"}),
        (Visibility.PUBLIC, MEMBERS | {"curator", "publisher"}),
    ],
)
def test_the_api_shows_matches_to_both_sides_and_private_ones_to_one(cast, ranked, visibility, readers):
    Entry.objects.filter(pk=ranked.demand.pk).update(visibility=visibility)
    match = Match.objects.get(supply=ranked.pumps)
    seen = {}
    for person in PEOPLE:
        client = sign_in(Client(), cast, person)
        listed, detail = client.get("/api/v1/matches/"), client.get(f"/api/v1/matches/{match.public_id}/")
        seen[person] = (len(listed.json().get("results", ())), detail.status_code)
    assert seen == {
        **dict.fromkeys(PEOPLE, (0, 404)),
        **dict.fromkeys(readers, (2, 200)),
        "visitor": (0, 401),
    }


def test_the_publisher_of_an_unverified_organisation_sees_matches_of_public_demands_only(client, cast, ranked):
    Entry.objects.filter(pk=ranked.pumps.pk).update(organisation=cast.unverified)
    client.force_login(cast.unverified_member)
    seen = {}
    for visibility in Visibility:
        Entry.objects.filter(pk=ranked.demand.pk).update(visibility=visibility)
        seen[visibility] = len(client.get("/api/v1/matches/").json()["results"])
    assert seen == {
        Visibility.PRIVATE: 0,
        Visibility.FOCAL_POINTS: 0,
        Visibility.PUBLIC_SUMMARY: 0,
        Visibility.PUBLIC: 1,
    }


def test_what_a_curator_dismissed_is_for_curators_only(client, cast, ranked):
    match = Match.objects.get(supply=ranked.pumps)
    dismiss(match=match, by=cast.curator, reason="wrong_topic", at=NOW)
    for person, status in (("focal_point", 404), ("publisher", 404), ("curator", 200)):
        assert sign_in(client, cast, person).get(f"/api/v1/matches/{match.public_id}/").status_code == status


def test_the_api_says_why_and_the_points_add_up(client, cast, ranked):
    client.force_login(cast.focal_point)
    match = Match.objects.get(supply=ranked.pumps)
    data = client.get(f"/api/v1/matches/{match.public_id}/").json()
    assert (data["id"], data["demand"], data["supply"]) == (
        match.public_id,
        ranked.demand.public_id,
        ranked.pumps.public_id,
    )
    assert sum(line["points"] for line in data["explanation"]["lines"]) == pytest.approx(100 * data["score"])
    assert "Solar pumps = Pompes solaires" in data["explanation"]["lines"][0]["words"]
    assert data["explanation"]["missing"]


@pytest.mark.parametrize(
    ("query", "found"),
    [({}, 2), ({"band": "weak"}, 0), ({"state": "proposed"}, 2), ({"supply": "pumps"}, 1), ({"demand": "pumps"}, 0)],
)
def test_the_api_narrows(client, cast, ranked, query, found):
    client.force_login(cast.focal_point)
    query = {name: ranked.pumps.public_id if value == "pumps" else value for name, value in query.items()}
    assert len(client.get("/api/v1/matches/", query).json()["results"]) == found


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_the_api_changes_matches_by_verbs_only(client, cast, ranked, method):
    client.force_login(cast.curator)
    match = Match.objects.get(supply=ranked.pumps)
    for url in ("/api/v1/matches/", f"/api/v1/matches/{match.public_id}/"):
        assert getattr(client, method)(url, {"state": "dismissed"}, content_type="application/json").status_code == 405
    assert Match.objects.get(pk=match.pk).state == "proposed"


def test_the_api_list_costs_the_same_for_one_match_and_for_three(client, cast, ranked):
    client.force_login(cast.focal_point)
    url = f"/api/v1/matches/?supply={ranked.pumps.public_id}"
    one = cost(client, url)
    for _ in range(2):
        DemandFactory(organisation=cast.ministry, **GARDENS)
    rank_everything(at=NOW)
    assert len(client.get(url).json()["results"]) == 3
    assert cost(client, url) == one


def test_another_role_in_the_demand_s_organisation_reads_too(client, cast, ranked, page):
    member = MembershipFactory(organisation=cast.ministry, role=Role.PUBLISHER).user
    client.force_login(member)
    assert client.get(page).status_code == 200
