"""Counts agree with what the filters of the same names find."""

import pytest

from solutions.filters import EntryFilter
from solutions.models import Entry
from solutions.services.counting import FACETS, by_country, by_target
from taxonomy.models import Goal, Modality, Target
from tests.factories import CountryFactory, LanguageFactory, OfferFactory, RegionFactory, SolutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(cast):
    """Solutions at home, abroad, in two countries of one region and of no country; an offer; facets of all sorts."""
    africa = RegionFactory(code="002", level="region")
    RegionFactory(code="011").__class__.objects.filter(pk="011").update(parent=africa)
    senegal, brazil = CountryFactory(code="SEN"), CountryFactory(code="BRA")
    mali = CountryFactory(code="MLI", alpha2="ML", m49="466")
    kenya = CountryFactory(code="KEN", alpha2="KE", m49="404", region=RegionFactory(code="014", parent=africa))
    Goal.objects.bulk_create(Goal(number=n, colour="#112233", names={"en": f"{n}"}) for n in (1, 2))
    Target.objects.create(code="1.1", goal_id=1, position=1, labels={"en": "x"})
    Modality.objects.create(code="training", names={"en": "Training"})
    everywhere = SolutionFactory(organisation=cast.agency, language=LanguageFactory(code="fr"))
    everywhere.countries.set([senegal, mali, kenya, brazil])
    everywhere.goals.set([1, 2])
    everywhere.targets.set(["1.1"])
    at_home = SolutionFactory(organisation=cast.ministry)
    at_home.countries.set([senegal, mali])
    at_home.goals.set([2])
    nowhere = SolutionFactory(organisation=cast.agency, country=None)
    nowhere.countries.set([kenya])
    OfferFactory(organisation=cast.agency).modalities.set(["training"])
    return Entry.objects.live()


@pytest.mark.parametrize("name", sorted(set(FACETS) - {"kind"}))
def test_a_facet_counts_what_its_filter_finds(entries, name):
    counts = FACETS[name](entries)
    assert counts
    for value, count in counts.items():
        narrowed = EntryFilter({name: [value]}, entries)
        assert narrowed.is_valid()
        assert (value, narrowed.qs.count()) == (value, count)


def test_countries_count_what_their_filter_finds(entries):
    counts = {country: sum(kinds.values()) for country, kinds in by_country(entries).items()}
    assert counts == {"SEN": 2, "BRA": 2, "MLI": 2, "KEN": 2}
    for country, count in counts.items():
        assert EntryFilter({"country": [country]}, entries).qs.count() == count


def test_kinds_and_targets_are_counted(entries):
    assert FACETS["kind"](entries) == {"solution": 3, "offer": 1, "demand": 0}
    assert by_target(entries) == {"1.1": 1}
