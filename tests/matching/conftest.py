"""A small catalogue: one demand of the ministry, supplies that answer it well, partly and not at all."""

from types import SimpleNamespace

import pytest

from matching.models import Match
from matching.services.ranking import rank_everything
from tests.factories import NOW, DemandFactory, LanguageFactory, OfferFactory, SolutionFactory

GARDENS = {
    "title": "Solar pumps for village gardens",
    "summary": "Women's groups need solar pumps to water vegetable gardens in the dry season.",
    "body": "Diesel pumps break down. Technicians must be trained to repair solar pumps.",
}
PUMPS = {
    "title": "Pompes solaires pour les jardins villageois",
    "summary": "Des groupements de femmes arrosent leurs jardins potagers avec des pompes solaires en saison sèche.",
    "body": "Des techniciens formés réparent les pompes solaires.",
}
TRAINING = {
    "title": "Training of solar pump technicians",
    "summary": "Technicians learn in four weeks to install and repair solar pumps for vegetable gardens.",
    "body": "Places for women and men of village groups.",
}
TAXES = {
    "title": "Digital tax returns",
    "summary": "Small companies file their tax returns by telephone.",
    "body": "Revenue rose by a third in two years; the treasury publishes the figures.",
}


def french_pumps(**fields):
    """Make one more solution with the French text."""
    return SolutionFactory(**{**PUMPS, "language": LanguageFactory(code="fr"), **fields})


@pytest.fixture
def catalogue(cast):
    """The demand, a French solution and an offer that answer it, and a solution about something else."""
    return SimpleNamespace(
        demand=DemandFactory(organisation=cast.ministry, **GARDENS),
        pumps=french_pumps(organisation=cast.agency),
        training=OfferFactory(organisation=cast.agency, **TRAINING),
        taxes=SolutionFactory(organisation=cast.agency, **TAXES),
    )


@pytest.fixture
def ranked(catalogue):
    """The catalogue with the matches of its demand proposed."""
    rank_everything(at=NOW)
    return catalogue


@pytest.fixture
def match(ranked):
    """The proposed match of the demand with the French solution."""
    return Match.objects.get(supply=ranked.pumps)


@pytest.fixture
def desk(client, cast):
    """A curator's browser."""
    client.force_login(cast.curator)
    return client
