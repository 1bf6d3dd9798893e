"""What visitors browse: home, search, goals, regions, countries, organisations."""

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from matching.models import Match, RankingRun
from matching.services.ranking import rank_everything
from matching.services.searching import index_due, search
from solutions.enums import EntryState, Visibility
from solutions.models import Demand, Entry
from ssc_platform.views.search import _results
from taxonomy.models import Country, CountryGroup, CountryGroupMembership
from tests.factories import NOW, CountryFactory, DemandFactory, RegionFactory, SolutionFactory
from tests.matching.conftest import GARDENS, french_pumps
from tests.ssc_platform.conftest import ADDRESSES

pytestmark = pytest.mark.django_db


def text_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def option(client, address, name, value):
    """Return the count beside one value of a facet."""
    html = client.get(address).content.decode()
    found = re.search(rf'name="{name}" value="{value}"[^>]*>[^<]*<span class="count">(\d+)', html)
    return int(found.group(1)) if found else None


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_private_is_on_no_page_of_a_stranger(client, shop, address):
    assert "Hidden pumps" not in text_of(client, address)


@pytest.mark.parametrize("address", ["/", "/search/", "/goals/6/", "/countries/sen/", "/regions/011/"])
def test_what_is_private_is_there_for_its_owner(client, shop, address):
    client.force_login(shop.cast.focal_point)
    assert "Hidden pumps" in text_of(client, address)


def test_home_counts_what_the_visitor_may_see(client, shop):
    text = text_of(client, "/")
    assert "1 solutions 1 offers 1 open demands" in text
    assert "6 Goal named 6 2 entries" in text
    assert "7 Goal named 7 0 entries" in text
    assert "Senegal 1 1 0" in text  # the solution ran there too
    assert "Brazil 0 1 1" in text


def test_a_demand_whose_day_is_over_is_no_open_need(client, shop):
    Demand.objects.filter(pk=shop.demand.pk).update(expiry_date=timezone.now().date() - timedelta(days=1))
    text = text_of(client, "/")
    assert "0 open demands" in text
    assert shop.demand.title not in text.split("Open needs")[1]


def test_the_map_has_a_dot_for_each_country_and_a_ring_for_islands_without_entries(client, shop):
    CountryFactory(code="TUV", alpha2="TV", m49="798", region=RegionFactory(code="009"))
    group = CountryGroup.objects.create(code="sids", names={"en": "Islands"}, source="a list")
    CountryGroupMembership.objects.create(group=group, country_id="TUV")
    html = client.get("/").content.decode()
    dots = re.findall(r'<circle class="([^"]+)" cx="[\d.]+" cy="[\d.]+" r="[\d.]+"><title>([^<]+)</title>', html)
    assert sorted(dots) == [("dot", "Brazil: 2"), ("dot", "Senegal: 2"), ("dot none", "Tuvalu: 0")]


@pytest.mark.parametrize("words", ["solar pumps", "مضخات شمسية"])
def test_search_marks_what_it_found_in_another_language(client, shop, words):
    html = client.get("/search/", {"q": words}).content.decode()
    assert "<mark>Pompes solaires</mark>" in html


def test_facets_count_what_choosing_them_leaves(client, shop):
    assert option(client, "/search/", "kind", "solution") == 1
    assert option(client, "/search/", "goal", "6") == 2
    assert option(client, "/search/", "region", "011") == 2
    assert option(client, "/search/", "modality", "training") == 1
    assert option(client, "/search/?modality=training", "kind", "solution") is None
    assert option(client, "/search/?modality=training", "kind", "offer") == 1
    assert option(client, "/search/?goal=6", "language", "fr") == 1
    assert option(client, "/search/?goal=6", "modality", "training") is None
    for value, count in (("en", 1), ("fr", 1)):
        assert f"{count} entry" in text_of(client, f"/search/?goal=6&language={value}")


@pytest.mark.parametrize(
    "query", ["goal=99", "kind=nothing", "region=zzz", "goal=x&page=0", "page=999", "target=9", "q=%EF%BF%BF"]
)
def test_values_that_are_none_of_a_filters_break_nothing(client, shop, query):
    assert client.get(f"/search/?{query}").status_code == 200


def test_what_is_archived_while_a_search_is_answered_is_left_out(rf, shop):
    request = rf.get("/search/")
    request.user = shop.cast.visitor
    found = search(text="", user=request.user)
    page = list(found.best_first())
    Entry.objects.filter(pk=shop.offer.pk).update(state=EntryState.ARCHIVED)
    assert {result.entry.pk for result in _results(page, found, request)} == {shop.demand.pk, shop.solution.pk}


def test_filters_without_a_facet_are_kept_and_can_be_taken_away(client, shop):
    html = client.get("/search/?country=SEN&q=pumps").content.decode()
    assert re.search(r'<input type="checkbox" name="country" value="SEN" checked>', html)


def test_a_goal_page_shows_its_targets_with_counts(client, shop):
    text = text_of(client, "/goals/6/")
    assert "1 need · 1 solution · 0 offers" in text
    assert "6.1 Safe water 2" in text
    assert client.get("/goals/18/").status_code == 404


def test_a_country_page_shows_needs_strengths_and_partners(client, shop):
    senegal = text_of(client, "/countries/sen/")
    needs, strengths = senegal.split("What it is strong in")
    assert "Goal named 6" in needs
    assert "Pompes solaires" in strengths
    assert "Partners" in senegal
    assert "Brazil" in senegal.split("Partners")[1]
    assert "Senegal" in text_of(client, "/countries/bra/").split("Partners")[1]
    assert client.get("/countries/xyz/").status_code == 404


def agree(demand, supply):
    run = RankingRun.objects.create(scope="everything", state="finished", engine_version="1")
    return Match.objects.create(
        demand=demand, supply=supply, state="agreed", score=0.5, rank=1, band="good", run=run, explanation={}
    )


def test_agreements_are_counted_by_country_where_both_sides_may_be_read(client, shop):
    agree(shop.demand, shop.offer)
    agree(shop.hidden, shop.solution)
    for address, partner in (("/countries/sen/", "Brazil"), ("/countries/bra/", "Senegal")):
        assert f"Agreed here {partner} 1" in text_of(client, address)
    assert "1 agreement " in text_of(client, "/")
    client.force_login(shop.cast.curator)
    assert "Agreed here Brazil 2" in text_of(client, "/countries/sen/")
    assert "2 agreements " in text_of(client, "/")


def test_pages_travel_compressed_and_answers_of_the_api_do_not(client, shop):
    headers = {"accept-encoding": "gzip"}
    page = client.get("/solutions/", headers=headers)
    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) < 8_000
    assert client.get("/api/v1/solutions/", headers=headers).get("Content-Encoding") is None


def test_a_region_holds_the_countries_of_the_regions_within_it(client, shop):
    africa = RegionFactory(code="002", level="region")
    RegionFactory._meta.model.objects.filter(code="011").update(parent=africa)
    assert "Pumps that work" in text_of(client, "/regions/002/")
    assert option(client, "/search/", "region", "002") == 2
    assert client.get("/regions/999/").status_code == 404


def test_organisation_pages_show_the_verified_and_what_they_publish(client, shop):
    assert "Cooperation Agency" in text_of(client, "/organisations/")
    assert "Unverified Association" not in text_of(client, "/organisations/")
    assert "Pompes solaires" in text_of(client, "/organisations/cooperation-agency/")
    assert client.get("/organisations/unverified-association/").status_code == 404


def test_entries_proposed_for_the_same_needs_are_similar(client, shop):
    demand = DemandFactory(organisation=shop.cast.ministry, **GARDENS)
    near = SolutionFactory(organisation=shop.cast.agency, title="Solar pumps of Kitui", summary=GARDENS["summary"])
    pumps = french_pumps(organisation=shop.cast.agency)
    rank_everything(at=NOW)
    address = reverse("entry-detail", args=[pumps.public_id])

    def similar(client):
        html = client.get(address).content.decode()
        return html.split("Similar: ")[1].split("</section>")[0] if "Similar: " in html else ""

    assert near.title in similar(client)
    assert pumps.public_id not in similar(client)
    Entry.objects.filter(pk__in=(demand.pk, shop.demand.pk)).update(visibility=Visibility.PRIVATE)
    assert similar(client) == ""
    client.force_login(shop.cast.focal_point)
    assert near.title in similar(client)


def test_entries_beside_another_are_in_the_readers_language_too(client, shop):
    source = SolutionFactory(organisation=shop.cast.agency, title="Where it began")
    shop.solution.adapted_from = source
    shop.solution.save()
    agree(shop.demand, source)
    agree(shop.demand, shop.solution)
    Match.objects.update(state="proposed")
    page = client.get(reverse("entry-detail", args=[source.public_id]), headers={"accept-language": "es"})
    assert page.content.decode().count("Bombas solares") == 2  # built on it, and like it


def test_an_entry_says_how_to_cite_it(client, shop):
    text = text_of(client, reverse("entry-detail", args=[shop.solution.public_id]))
    year = shop.solution.published_at.year
    address = f"{settings.SITE_URL}/entries/{shop.solution.public_id}/"
    assert f"Cooperation Agency ({year}). Pompes solaires . {settings.SITE_NAME}. {address}" in text


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_take_as_many_queries_for_one_entry_more_as_for_three(client, shop, address):
    client.get(address)  # what a process reads once is read
    counts = []
    for more in (1, 2):
        for _ in range(more):
            country = Country.objects.get(code="SEN")
            for factory in (SolutionFactory, DemandFactory):
                entry = factory(organisation=shop.cast.agency, country=country, title="Solar pumps")
                entry.goals.set([6])
                entry.modalities.set(["training"])
        index_due()
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert Entry.objects.count() == 10
    assert counts[0] == counts[1]
    assert counts[0] <= 32


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_light(client, shop, address):
    assert len(client.get(address).content) < 30_000


def test_every_member_state_has_a_place_on_the_map():
    countries = json.loads((settings.FIXTURES_DIR / "taxonomy" / "countries.json").read_text())["rows"]
    places = json.loads((settings.FIXTURES_DIR / "map" / "places.json").read_text())
    placed = {row["country"]: row for row in places["rows"]}
    members = {row["code"] for row in countries if row["un_member"]}
    assert len(members) == 193
    assert members - set(placed) == set()
    outside = [
        c for c in members if not (0 < placed[c]["x"] < places["width"] and 0 < placed[c]["y"] < places["height"])
    ]
    assert outside == []
