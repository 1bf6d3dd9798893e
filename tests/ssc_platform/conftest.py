"""A catalogue for the public pages: reference data, and entries of two countries."""

from types import SimpleNamespace

import pytest

from matching.services.searching import index_due
from solutions.enums import TranslationStatus, Visibility
from solutions.models import Collection
from solutions.services.translating import save_translation
from taxonomy.models import Goal, Modality, Target
from tests.factories import NOW, CountryFactory, DemandFactory, LanguageFactory, OfferFactory, SolutionFactory

ADDRESSES = (
    "/",
    "/search/",
    "/search/?q=solar+pumps",
    "/search/?goal=6&kind=solution",
    "/goals/6/",
    "/places/",
    "/regions/011/",
    "/countries/sen/",
    "/organisations/",
    "/organisations/cooperation-agency/",
    "/solutions/",
    "/offers/",
    "/demands/",
    "/entries/pompes000000/",
    "/entries/pompes000000/?in=es",
    "/collections/",
    "/collections/pumps/",
    "/guide/",
    "/guide/public/",
    "/terms/",
)
"""Public pages of the site."""


@pytest.fixture
def shop(cast):
    """Senegal asks, Brazil has a French solution that ran in Senegal and an offer; one demand is private."""
    Goal.objects.bulk_create(
        Goal(number=number, colour="#112233", names={"en": f"Goal named {number}"}) for number in (6, 7)
    )
    Target.objects.create(code="6.1", goal_id=6, position=1, labels={"en": "Safe water"})
    Modality.objects.create(code="training", names={"en": "Training"})
    shop = SimpleNamespace(cast=cast)
    shop.demand = DemandFactory(organisation=cast.ministry, title="Pumps that work")
    shop.hidden = DemandFactory(organisation=cast.ministry, title="Hidden pumps", visibility=Visibility.PRIVATE)
    shop.solution = SolutionFactory(
        public_id="pompes000000",
        organisation=cast.agency,
        language=LanguageFactory(code="fr"),
        title="Pompes solaires",
        summary="Des jardins.",
        results="Deux récoltes.",
    )
    save_translation(
        entry=shop.solution,
        language=LanguageFactory(code="es"),
        texts={"title": "Bombas solares", "summary": "Huertos."},
        status=TranslationStatus.MACHINE,
        version=0,
        by=cast.publisher,
        at=NOW,
    )
    shop.solution.countries.set([CountryFactory(code="SEN")])
    shop.offer = OfferFactory(organisation=cast.agency, title="Places for technicians")
    shop.offer.modalities.set(["training"])
    for entry in (shop.demand, shop.hidden, shop.solution):
        entry.goals.set([6])
        entry.targets.set(["6.1"])
    shop.collection = Collection.objects.create(slug="pumps", is_published=True)
    shop.collection.texts.create(language_id="en", title="All about pumps", text="What works.")
    for position, entry in enumerate((shop.solution, shop.offer, shop.hidden)):
        shop.collection.places.create(entry=entry, position=position)
    index_due()
    return shop
