"""Rows become profiles: every facet arrives, and reading costs the same for one entry as for three."""

import os
from datetime import date, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import env
from matching import corpus
from solutions.models import Entry, NeedLine
from solutions.queries import for_ranking
from taxonomy.models import CountryGroup, CountryGroupMembership, Goal, Modality, Sector, Target
from tests.factories import (
    NOW,
    CountryFactory,
    DemandFactory,
    LanguageFactory,
    OfferFactory,
    RegionFactory,
    SolutionFactory,
)

TODAY = NOW.date()


def profile(entry, on=TODAY):
    return corpus.profile_of(for_ranking([entry.pk]).get(), on=on)


@pytest.fixture
def facets(db):
    goal = Goal.objects.create(number=6, names={"en": "Clean water"}, colour="#26BDE2")
    return {
        "goals": [goal],
        "targets": [Target.objects.create(code="6.1", goal=goal, position=1, labels={"en": "Drinking water"})],
        "sectors": [Sector.objects.create(code="water-supply", dac_code="140", names={"en": "Water supply"})],
        "modalities": [Modality.objects.create(code="training", names={"en": "Training"})],
        "working_languages": [LanguageFactory(code="fr")],
    }


def with_facets(entry, facets):
    for name, rows in facets.items():
        getattr(entry, name).set(rows)
    return entry


def test_what_all_kinds_share_arrives(facets):
    found = profile(with_facets(SolutionFactory(keywords=["pump"], start_date=date(2020, 1, 1)), facets))
    assert (found.goals, found.targets, found.sectors, found.modalities, found.working_languages) == (
        (6,), ("6.1",), ("water-supply",), ("training",), ("fr",),
    )  # fmt: skip
    assert (found.language, found.country, found.keywords, found.start_date) == (
        "en", "SEN", ("pump",), date(2020, 1, 1),
    )  # fmt: skip
    assert found.confirmed_date == TODAY


def test_a_demand_brings_its_needs_and_preferences(facets):
    demand = DemandFactory(body="Body.", gap="Gap.", expected_outcomes="Outcomes.")
    twinning = Modality.objects.create(code="twinning", names={"en": "Twinning"})
    NeedLine.objects.create(demand=demand, position=2, title="Second", description="Later")
    NeedLine.objects.create(demand=demand, position=1, title="First", description="Sooner", modality=twinning)
    demand.modalities.set(facets["modalities"])
    demand.preferred_regions.set([RegionFactory(code="005")])
    demand.preferred_countries.set([CountryFactory(code="BRA", alpha2="BR", m49="076")])
    found = profile(demand)
    assert found.body == "Body.\n\nGap.\n\nOutcomes.\n\nFirst. Sooner\n\nSecond. Later"
    assert found.modalities == ("training", "twinning")
    assert (found.preferred_regions, found.preferred_countries) == (("005",), ("BRA",))


def test_an_offer_brings_who_may_have_it_and_where_it_was(db):
    offer = OfferFactory(offered="Places.", conditions="Diploma.", cost_sharing="Host pays.")
    offer.eligible_countries.set([CountryFactory()])
    offer.eligible_groups.set([CountryGroup.objects.create(code="ldc", names={"en": "LDC"}, source="UN")])
    offer.past_recipients.set([CountryFactory(code="BRA", alpha2="BR", m49="076")])
    found = profile(offer)
    assert (found.eligible_countries, found.eligible_groups, found.countries) == (("SEN",), ("ldc",), ("BRA",))
    assert "Places." in found.body
    assert "Host pays." not in found.body


@pytest.mark.parametrize(
    ("factory", "fields", "closed"),
    [
        (OfferFactory, {}, False),
        (OfferFactory, {"closing_date": TODAY}, False),
        (OfferFactory, {"closing_date": TODAY - timedelta(days=1)}, True),
        (OfferFactory, {"capacity_left": 0}, True),
        (OfferFactory, {"capacity_left": 1}, False),
        (DemandFactory, {"expiry_date": TODAY}, False),
        (DemandFactory, {"expiry_date": TODAY - timedelta(days=1)}, True),
        (SolutionFactory, {"end_date": TODAY - timedelta(days=900)}, False),
    ],
)
def test_what_is_over_is_closed(db, factory, fields, closed):
    assert profile(factory(**fields)).closed is closed


def test_reading_one_supply_costs_as_many_queries_as_three(db):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = [corpus.profile_of(entry, on=TODAY) for entry in for_ranking().supplies()]
        return len(found), len(queries)

    OfferFactory().eligible_countries.set([CountryFactory()])
    SolutionFactory().countries.set([CountryFactory()])
    two = cost()
    for _ in range(2):
        OfferFactory().eligible_countries.set([CountryFactory()])
        SolutionFactory().countries.set([CountryFactory()])
    six = cost()
    assert (two[0], six[0]) == (2, 6)
    assert two[1] == six[1]


def test_the_ranker_is_fitted_again_only_when_a_supply_changes(db):
    supply = SolutionFactory()
    first = corpus.fitted(at=NOW)
    DemandFactory()
    assert corpus.fitted(at=NOW + timedelta(hours=1)) is first
    assert corpus.fitted(at=NOW + timedelta(days=1)) is not first
    current = corpus.fitted(at=NOW)
    Entry.objects.filter(pk=supply.pk).update(version=2)
    assert corpus.fitted(at=NOW) is not current


def test_geography_knows_regions_groups_on_the_day_and_languages(db):
    africa = RegionFactory(code="002", level="region")
    CountryFactory(region=RegionFactory(code="011", parent=africa))
    ldc = CountryGroup.objects.create(code="ldc", names={"en": "LDC"}, source="UN")
    CountryGroupMembership.objects.create(
        group=ldc, country_id="SEN", since=date(2000, 4, 12), until=date(2029, 12, 19)
    )
    found = corpus.geography(on=TODAY)
    assert found.regions == {"SEN": ("011", "002")}
    assert found.groups == {"SEN": frozenset({"ldc"})}
    assert "fr" in found.languages["SEN"]
    assert corpus.geography(on=date(2030, 1, 1)).groups == {}


def test_goals_are_proposed_where_none_is_stated(facets):
    water = {
        "title": "Drinking water for villages",
        "body": "Boreholes with solar pumps, run by water user committees.",
    }
    proposed = profile(SolutionFactory(**water)).proposed_goals
    assert proposed[0][0] == 6
    assert 0.5 <= proposed[0][1] < 1
    assert profile(with_facets(SolutionFactory(**water), facets)).proposed_goals == ()


def test_a_learned_table_is_read_behind_the_glossary_and_refused_by_name(tmp_path, settings):
    table = tmp_path / "table.tsv"
    table.write_text("fr\tzorglub\tpump\t1.0\n")
    settings.LEXICON = table
    corpus.analyser.cache_clear()
    try:
        learned = corpus.analyser()
        table.write_text("no table\n")
        corpus.analyser.cache_clear()
        with pytest.raises(ImproperlyConfigured, match=r"LEXICON=.*table\.tsv"):
            corpus.analyser()
    finally:
        settings.LEXICON = None
        corpus.analyser.cache_clear()
    assert {term.key for term in learned.analyse("zorglub", "fr")} == {"s:pump"}
    assert learned.version != corpus.analyser().version


def test_a_table_that_is_not_there_stops_the_start(monkeypatch, tmp_path):
    monkeypatch.setenv("LEXICON", str(tmp_path / "nothing"))
    with pytest.raises(ImproperlyConfigured, match="LEXICON"):
        env.file("LEXICON")


def test_generations_of_other_code_go_after_a_week(catalogue, settings):
    root = settings.VAR_DIR / "generations"
    for name in ("old", "young"):
        (root / name).mkdir(parents=True)
    os.utime(root / "old", (0, 0))
    (root / "gone").symlink_to(root / "nowhere")  # listed, and taken away by another process when it is looked at
    corpus.fitted(at=NOW)
    assert not (root / "old").exists()
    assert (root / "young").exists()
