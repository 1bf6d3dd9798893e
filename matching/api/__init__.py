"""Matches over the API, suggestions for drafts, the federated match, and search."""

from matching.api.drafts import FederatedMatchView, SuggestionsView
from matching.api.finding import SearchView
from matching.api.matches import MatchViewSet

__all__ = ["FederatedMatchView", "MatchViewSet", "SearchView", "SuggestionsView"]
