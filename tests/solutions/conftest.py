"""Reference data of a few rows, which the tests of the catalogue point to."""

from datetime import date

import pytest
from django.urls import reverse

from solutions.enums import EntryState
from taxonomy.models import CountryGroup, CountryGroupMembership, Goal, Modality, Sector, Target
from tests.factories import CountryFactory, DemandFactory, LanguageFactory, RegionFactory

GOALS = (1, 2, 6, 7)
TARGETS = ("2.3", "2.a", "6.b")


@pytest.fixture
def taxonomy(db):
    """Four goals, three targets, two regions of Africa, two countries, one group, two sectors, two modalities."""
    Goal.objects.bulk_create(
        Goal(number=n, names={"en": f"Goal {n}", "fr": f"Objectif {n}"}, colour="#000000") for n in GOALS
    )
    Target.objects.bulk_create(
        Target(code=code, goal_id=int(code.split(".")[0]), position=n, labels={"en": f"Label {code}"})
        for n, code in enumerate(TARGETS)
    )
    africa = RegionFactory(code="002", level="region")
    western = RegionFactory(code="011", parent=africa)
    senegal = CountryFactory(region=western)
    CountryFactory(code="BRA", alpha2="BR", m49="076", region=RegionFactory(code="005"))
    ldc = CountryGroup.objects.create(code="ldc", names={"en": "Least developed countries"}, source="test")
    CountryGroupMembership.objects.create(group=ldc, country=senegal, since=date(2000, 1, 1))
    for code in ("agriculture", "water"):
        Sector.objects.create(code=code, names={"en": code.title()}, dac_code="311")
    for code in ("training", "study_visit"):
        Modality.objects.create(code=code, names={"en": code.title()})
    for code in ("en", "fr", "es", "ar", "pt", "ru", "zh"):
        LanguageFactory(code=code)


@pytest.fixture
def draft(cast):
    return DemandFactory(organisation=cast.ministry, state=EntryState.DRAFT, published_at=None)


def edit(entry, step):
    """Return the address of one step of an entry's posting form."""
    return reverse("entry-edit", args=[entry.public_id, step])
