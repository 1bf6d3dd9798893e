"""The curators' desk: what waits for them, the matches by demand, comparison, decisions, runs and figures."""

from matching.admin.entries import EntryAdmin
from matching.admin.matches import MatchAdmin
from matching.admin.runs import RankingRunAdmin

__all__ = ["EntryAdmin", "MatchAdmin", "RankingRunAdmin"]
