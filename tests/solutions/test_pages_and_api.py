"""Lists, filters and details: what they hold, in a fixed number of queries."""

import pytest
from django.urls import reverse

from solutions.models import Entry
from tests.factories import DemandFactory, OfferFactory, OrganisationFactory, SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")
FACTORIES = {"solution": SolutionFactory, "offer": OfferFactory, "demand": DemandFactory}


def full(factory, organisation):
    """Make an entry with something in every relation."""
    entry = factory(organisation=organisation)
    entry.goals.set([2, 6])
    entry.targets.set(["2.a", "6.b"])
    entry.sectors.set(["water", "agriculture"])
    entry.modalities.set(["training", "study_visit"])
    entry.working_languages.set(["en", "fr"])
    if factory is SolutionFactory:
        entry.countries.set(["SEN", "BRA"])
        entry.adapted_from = SolutionFactory(organisation=organisation)
        entry.save()
    elif factory is DemandFactory:
        entry.preferred_regions.set(["002", "005"])
        entry.preferred_countries.set(["BRA"])
        entry.needs.create(title="One", modality_id="training")
        entry.needs.create(title="Two", modality_id="study_visit", position=1)
    else:
        entry.eligible_groups.set(["ldc"])
        entry.past_recipients.set(["SEN"])
        entry.linked_solutions.set([SolutionFactory(organisation=organisation) for _ in range(2)])
    return entry


@pytest.mark.parametrize(("kind", "queries"), [("solution", 8), ("offer", 8), ("demand", 8)])
def test_a_page_of_the_list_takes_the_same_queries_with_one_row_and_with_three(
    client, cast, kind, queries, django_assert_num_queries
):
    for rows in (1, 3):
        while Entry.objects.filter(kind=kind).count() < rows:
            full(FACTORIES[kind], OrganisationFactory())
        with django_assert_num_queries(queries):
            page = client.get(f"/{kind}s/")
        assert len(page.context["page"]) >= rows


@pytest.mark.parametrize(("kind", "queries"), [("solution", 6), ("offer", 6), ("demand", 6)])
def test_a_page_of_the_api_takes_the_same_queries_with_one_row_and_with_three(
    client, cast, kind, queries, django_assert_num_queries
):
    for rows in (1, 3):
        while Entry.objects.filter(kind=kind).count() < rows:
            full(FACTORIES[kind], OrganisationFactory())
        with django_assert_num_queries(queries):
            assert len(client.get(f"/api/v1/{kind}s/").json()["results"]) >= rows


@pytest.mark.parametrize(("kind", "api", "page"), [("solution", 9, 13), ("offer", 11, 14), ("demand", 10, 13)])
def test_an_entry_takes_a_fixed_number_of_queries(client, cast, kind, api, page, django_assert_num_queries):
    entry = full(FACTORIES[kind], cast.agency)
    with django_assert_num_queries(api):
        client.get(f"/api/v1/{kind}s/{entry.public_id}/")
    with django_assert_num_queries(page):
        client.get(reverse("entry-detail", args=[entry.public_id]))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"here", "there", "nowhere"}),
        ("goal=2", {"here"}),
        ("goal=2&goal=7", {"here", "there"}),
        ("goal=2&goal=6", {"here"}),
        ("target=2.a", {"here"}),
        ("region=002", {"here"}),
        ("region=011", {"here"}),
        ("region=005", {"there", "here"}),  # it ran in Brazil
        ("country=SEN", {"here"}),
        ("country=BRA", {"here", "there"}),
        ("group=ldc", {"here"}),
        ("sector=water", {"here"}),
        ("modality=training&modality=study_visit", {"here", "there"}),
        ("language=fr", {"there"}),
        ("language=fr&goal=2", set()),
        ("organisation=other-ministry", {"there"}),
        ("organisation=nobody", set()),
    ],
)
def test_filters_narrow_pages_and_api_alike(client, cast, query, found):
    here = SolutionFactory(title="here", organisation=cast.ministry)
    here.goals.set([2, 6])
    here.targets.set(["2.a"])
    here.sectors.set(["water"])
    here.modalities.set(["training"])
    here.countries.set(["BRA"])
    there = SolutionFactory(title="there", organisation=cast.other, country_id="BRA", language_id="fr")
    there.goals.set([7])
    there.modalities.set(["study_visit"])
    SolutionFactory(title="nowhere", organisation=cast.agency, country=None)
    page = client.get(f"/solutions/?{query}")
    assert {entry.title for entry in page.context["page"]} == found
    rows = client.get(f"/api/v1/solutions/?{query}").json()["results"]
    assert sorted(row["title"] for row in rows) == sorted(found)


@pytest.mark.parametrize(
    "query",
    [
        "goal=99",
        "goal=two",
        "target=2.z",
        "region=999",
        "country=XXX",
        "group=g7",
        "sector=x",
        "modality=x",
        "language=xx",
    ],
)
def test_a_filter_with_an_unknown_code_finds_nothing_and_says_so(client, cast, query):
    SolutionFactory()
    page = client.get(f"/solutions/?{query}")
    assert (len(page.context["page"]), page.status_code) == (0, 200)
    assert 'role="alert"' in page.content.decode()
    answer = client.get(f"/api/v1/solutions/?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/{query.split('=')[0]}"]


def test_a_list_keeps_its_filters_while_pages_are_turned(client, cast):
    for _ in range(21):
        SolutionFactory(organisation=cast.agency).goals.set([2])
    first = client.get("/solutions/?goal=2&sector=water&sector=agriculture")
    assert '<input type="checkbox" name="goal" value="2" checked> Goal 2' in first.content.decode()
    assert '<input type="hidden" name="sector" value="water">' in first.content.decode()
    listed = client.get("/solutions/?goal=2")
    assert len(listed.context["page"]) == 20
    assert "?goal=2&amp;page=2" in listed.content.decode()
    assert len(client.get("/solutions/?goal=2&page=2").context["page"]) == 1


def test_the_api_turns_pages_by_cursor(client, cast):
    made = [SolutionFactory(organisation=cast.agency).public_id for _ in range(3)]
    first = client.get("/api/v1/solutions/?page_size=2").json()
    second = client.get(first["next"]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == made[::-1]
    assert second["next"] is None


def test_an_arabic_entry_is_marked_with_its_language_and_direction(client, cast):
    entry = SolutionFactory(language_id="ar", title="مضخات", illustrative=True, provenance={"source": "A/75/371"})
    page = client.get(reverse("entry-detail", args=[entry.public_id])).content.decode()
    assert '<h1 lang="ar" dir="rtl">مضخات</h1>' in page
    assert "Illustrative" in page
    assert "A/75/371" in page


def test_what_is_written_by_others_is_escaped(client, cast):
    entry = SolutionFactory(title="<script>alert(1)</script>", body="<b>x</b>", keywords=["<i>"])
    page = client.get(reverse("entry-detail", args=[entry.public_id])).content.decode()
    assert "<script>alert" not in page
    assert "<b>" not in page
    assert "<i>" not in page


def test_an_entry_over_the_api_is_its_record(client, cast):
    entry = full(DemandFactory, cast.ministry)
    found = client.get(f"/api/v1/demands/{entry.public_id}/").json()
    assert found["organisation"] == {"slug": "ministry-of-agriculture", "name": "Ministry of Agriculture"}
    assert (found["goals"], found["targets"], found["country"]) == ([2, 6], ["2.a", "6.b"], "SEN")
    assert [need["modality"] for need in found["needs"]] == ["training", "study_visit"]


def test_reference_data_has_names_in_the_language_asked_for(client, cast):
    for accept, name in (("fr", "Objectif 2"), ("pt-BR, fr;q=0.5", "Goal 2"), ("tlh", "Goal 2"), ("", "Goal 2")):
        answer = client.get("/api/v1/goals/2/", headers={"accept-language": accept})
        assert answer.json()["name"] == name
    for accept, language, name in (
        ("zh-Hans", "zh", "塞内加尔"),
        ("ar;q=0.9, tlh", "ar", "السنغال"),
        ("de", "en", "Senegal"),
    ):
        answer = client.get("/api/v1/countries/SEN/", headers={"accept-language": accept})
        assert (answer.json()["name"], answer.headers["Content-Language"]) == (name, language)
        assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("address", "codes"),
    [
        ("targets/?goal=2", ["2.3", "2.a"]),
        ("targets/?goal=2&goal=6", ["2.3", "2.a", "6.b"]),
        ("regions/?parent=002", ["011"]),
        ("regions/?level=region&level=subregion&parent=002", ["011"]),
        ("countries/?region=002", ["SEN"]),
        ("countries/?region=011&region=005", ["BRA", "SEN"]),
        ("countries/?group=ldc", ["SEN"]),
        ("countries/?group=ldc&region=005", []),
        ("sectors/", ["agriculture", "water"]),
        ("modalities/", ["study_visit", "training"]),
        ("languages/", ["ar", "en", "es", "fr", "pt", "ru", "zh"]),
    ],
)
def test_reference_data_is_listed_and_narrowed(client, cast, address, codes):
    assert [row["code"] for row in client.get(f"/api/v1/{address}").json()["results"]] == codes


def test_countries_take_four_queries_however_many(client, cast, django_assert_num_queries):
    with django_assert_num_queries(4):  # two of them for Last-Modified
        rows = client.get("/api/v1/countries/").json()["results"]
    assert {row["code"]: row["groups"] for row in rows} == {"BRA": [], "SEN": ["ldc"]}


@pytest.mark.parametrize(
    ("reader", "more"), [("visitor", set()), ("unverified_member", {"unverified-association"}), ("outsider", set())]
)
def test_organisations_are_listed_without_people(client, cast, reader, more):
    if reader != "visitor":
        client.force_login(getattr(cast, reader))
    rows = client.get("/api/v1/organisations/").json()["results"]
    verified = {"ministry-of-agriculture", "cooperation-agency", "other-ministry", "secretariat"}
    assert {row["slug"] for row in rows} == verified | more
    assert set(rows[0]) == {"slug", "name", "type", "country", "website", "verified"}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("solutions/?country=%00", 400),
        ("solutions/?goal=%00", 400),
        ("solutions/?goal=99999999999999999999", 400),
        ("solutions/?goal=-1", 400),
        ("solutions/?organisation=%00", 400),
        ("countries/?region=%00", 400),
        ("targets/?goal=99999999999999999999", 400),
        ("regions/?parent=%00", 400),
        ("regions/?level=continent", 400),
        ("organisations/?country=%00", 400),
        ("solutions/%00/", 404),
        ("countries/%00/", 404),
        ("organisations/%00/", 404),
        ("goals/99/", 404),
    ],
)
def test_nonsense_in_an_address_is_refused_before_it_reaches_the_database(client, cast, address, status):
    assert client.get(f"/api/v1/{address}").status_code == status
