"""The catalogue over the API."""

from solutions.api.entries import DemandViewSet, OfferViewSet, SolutionViewSet

__all__ = ["DemandViewSet", "OfferViewSet", "SolutionViewSet"]
