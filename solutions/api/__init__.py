"""The catalogue over the API."""

from solutions.api.bulk import ImportView
from solutions.api.entries import DemandViewSet, OfferViewSet, SolutionViewSet

__all__ = ["DemandViewSet", "ImportView", "OfferViewSet", "SolutionViewSet"]
