"""Matches over the API."""

from matching.api.matches import MatchViewSet

__all__ = ["MatchViewSet"]
