"""Which moves a match may make and who may make them; pages, services and docs read this one table."""

from matching.enums import MatchState

MOVES: dict[MatchState, frozenset[MatchState]] = {
    MatchState.PROPOSED: frozenset({MatchState.SHORTLISTED, MatchState.DISMISSED, MatchState.WITHDRAWN}),
    MatchState.SHORTLISTED: frozenset({MatchState.DISMISSED}),
    MatchState.DISMISSED: frozenset({MatchState.PROPOSED}),
    MatchState.WITHDRAWN: frozenset({MatchState.PROPOSED}),
}
OPEN = frozenset({MatchState.PROPOSED, MatchState.SHORTLISTED})
"""States in which the two sides hear of a match."""
RANKED = frozenset({MatchState.PROPOSED, MatchState.WITHDRAWN})
"""States that the worker may set; every other one is a person's decision and survives re-ranking."""
