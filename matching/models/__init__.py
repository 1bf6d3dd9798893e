"""Matches with their events and messages, ranking runs, kept searches, and what curators teach the ranking."""

from matching.models.matches import Match, MatchEvent, MatchMessage, MatchQuerySet
from matching.models.runs import RankingRun
from matching.models.searches import SavedSearch
from matching.models.teaching import GlossaryTerm, WeightsVersion

__all__ = [
    "GlossaryTerm",
    "Match",
    "MatchEvent",
    "MatchMessage",
    "MatchQuerySet",
    "RankingRun",
    "SavedSearch",
    "WeightsVersion",
]
