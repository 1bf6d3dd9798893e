"""Matches with their events and messages, ranking runs, and what curators teach the ranking: weights and terms."""

from matching.models.matches import Match, MatchEvent, MatchMessage, MatchQuerySet
from matching.models.runs import RankingRun
from matching.models.teaching import GlossaryTerm, WeightsVersion

__all__ = [
    "GlossaryTerm",
    "Match",
    "MatchEvent",
    "MatchMessage",
    "MatchQuerySet",
    "RankingRun",
    "WeightsVersion",
]
