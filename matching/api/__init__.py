"""Matches over the API, suggestions for drafts, the federated match, and search."""

from matching.api.drafts import SuggestionsView
from matching.api.finding import SearchView
from matching.api.matches import MatchViewSet
from matching.api.partners import FederatedMatchView
from matching.api.talking import MessagesView, PairView

__all__ = ["FederatedMatchView", "MatchViewSet", "MessagesView", "PairView", "SearchView", "SuggestionsView"]
