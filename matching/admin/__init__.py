"""The curators' desk: what waits for them, the matches by demand, comparison, decisions, runs and figures."""

from matching.admin.entries import EntryAdmin
from matching.admin.matches import MatchAdmin
from matching.admin.partners import KeptProfileAdmin, PartnerUseAdmin
from matching.admin.runs import RankingRunAdmin
from matching.admin.terms import GlossaryTermAdmin
from matching.admin.weights import WeightsVersionAdmin

__all__ = [
    "EntryAdmin",
    "GlossaryTermAdmin",
    "KeptProfileAdmin",
    "MatchAdmin",
    "PartnerUseAdmin",
    "RankingRunAdmin",
    "WeightsVersionAdmin",
]
