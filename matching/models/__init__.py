"""Matches with their events and messages, ranking runs, kept searches, and what curators teach the ranking."""

from matching.models.matches import Match, MatchEvent, MatchMessage, MatchQuerySet
from matching.models.partners import KeptProfile, PartnerUse
from matching.models.runs import RankedDemand, RankingRun, RunChunk
from matching.models.searches import SavedSearch
from matching.models.teaching import GlossaryTerm, WeightsVersion

__all__ = [
    "GlossaryTerm",
    "KeptProfile",
    "Match",
    "MatchEvent",
    "MatchMessage",
    "MatchQuerySet",
    "PartnerUse",
    "RankedDemand",
    "RankingRun",
    "RunChunk",
    "SavedSearch",
    "WeightsVersion",
]
