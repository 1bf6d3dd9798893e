"""Which moves a match may make, who makes them, who is next and how long it may take; everything reads this table."""

from __future__ import annotations

from matching.enums import Actor, EndingReason, MatchState

S = MatchState
DEMAND_SIDE, SUPPLY_SIDE, CURATOR = Actor.DEMAND_SIDE, Actor.SUPPLY_SIDE, Actor.CURATOR
BOTH_SIDES = frozenset({DEMAND_SIDE, SUPPLY_SIDE})

# How to read a row: from, to, and in what capacity a person, the ranking or the clock may do it. The country that asks
# chooses, the provider accepts or declines, each side answers for itself; curators propose and introduce.
MOVES: dict[tuple[MatchState, MatchState], frozenset[Actor]] = {
    (S.PROPOSED, S.SHORTLISTED): frozenset({DEMAND_SIDE, CURATOR}),
    (S.PROPOSED, S.DISMISSED): frozenset({DEMAND_SIDE, CURATOR}),
    (S.PROPOSED, S.GONE): frozenset({Actor.WORKER}),
    (S.GONE, S.PROPOSED): frozenset({Actor.WORKER, CURATOR}),
    (S.GONE, S.DISMISSED): frozenset({CURATOR}),
    (S.SHORTLISTED, S.INTRODUCED): frozenset({CURATOR}),
    (S.SHORTLISTED, S.DISMISSED): frozenset({CURATOR}),
    (S.SHORTLISTED, S.WITHDRAWN): frozenset({DEMAND_SIDE}),
    (S.SHORTLISTED, S.EXPIRED): frozenset({Actor.CLOCK}),
    (S.INTRODUCED, S.INTERESTED): BOTH_SIDES,
    (S.INTRODUCED, S.DECLINED): BOTH_SIDES,
    (S.INTRODUCED, S.WITHDRAWN): frozenset({DEMAND_SIDE}),
    (S.INTRODUCED, S.EXPIRED): frozenset({Actor.CLOCK}),
    (S.INTERESTED, S.AGREED): frozenset({DEMAND_SIDE, CURATOR}),
    (S.INTERESTED, S.DECLINED): BOTH_SIDES,
    (S.INTERESTED, S.WITHDRAWN): frozenset({DEMAND_SIDE}),
    (S.INTERESTED, S.EXPIRED): frozenset({Actor.CLOCK}),
    (S.DISMISSED, S.PROPOSED): frozenset({CURATOR}),
    (S.DECLINED, S.PROPOSED): frozenset({CURATOR}),
    (S.WITHDRAWN, S.PROPOSED): frozenset({CURATOR}),
    (S.EXPIRED, S.PROPOSED): frozenset({CURATOR}),
}

OPEN = frozenset({S.PROPOSED, S.SHORTLISTED, S.INTRODUCED, S.INTERESTED})
"""States from which a match may still come to an agreement."""
RANKED = frozenset({S.PROPOSED, S.GONE})
"""States that the worker may set; every other one is a person's decision and survives re-ranking."""
TIMED = frozenset({S.SHORTLISTED, S.INTRODUCED, S.INTERESTED})
"""States whose limit begins with the move. A demand has many proposals and nobody owes an answer to each: the best one
carries the limit for all, from when the clock finds that nobody has taken the demand up (services/clocks.py)."""
UNDER_WAY = TIMED | {S.AGREED}
"""States in which something is being done about a demand."""
TALKING = frozenset({S.INTRODUCED, S.INTERESTED, S.AGREED})
"""States in which the two sides write to each other."""

_TOPIC = (EndingReason.WRONG_TOPIC, EndingReason.WRONG_CONTEXT, EndingReason.WRONG_COUNTRY, EndingReason.WRONG_LANGUAGE)
_MEANS = (EndingReason.WRONG_TIME, EndingReason.NO_CAPACITY, EndingReason.NO_FUNDING, EndingReason.SOLVED_ELSEWHERE)
REASONS: dict[MatchState, tuple[EndingReason, ...]] = {
    S.DISMISSED: (*_TOPIC, *_MEANS, EndingReason.DUPLICATE, EndingReason.OTHER),
    S.DECLINED: (*_TOPIC, *_MEANS, EndingReason.OTHER),
    S.WITHDRAWN: (
        EndingReason.NOT_NEEDED, EndingReason.SOLVED_ELSEWHERE, EndingReason.NO_FUNDING, EndingReason.WRONG_TIME,
        EndingReason.OTHER,
    ),
    S.EXPIRED: (EndingReason.NO_ANSWER, EndingReason.ENTRY_CLOSED),
}  # fmt: skip
"""The reasons that each ending may have; one of them has to be given."""


_NEXT: dict[MatchState, frozenset[Actor]] = {
    S.PROPOSED: frozenset({DEMAND_SIDE, CURATOR}),
    S.SHORTLISTED: frozenset({CURATOR}),
    S.INTRODUCED: BOTH_SIDES,
    S.INTERESTED: frozenset({DEMAND_SIDE}),
}


def next_actors(state: MatchState, accepted: frozenset[Actor] = frozenset()) -> frozenset[Actor]:
    """Return who has to act now, given which sides have accepted an introduction; nobody once a match has ended."""
    waiting_for = _NEXT.get(state, frozenset())
    return waiting_for - accepted if state is S.INTRODUCED else waiting_for


def targets(state: MatchState, actors: frozenset[Actor]) -> frozenset[MatchState]:
    """Return the states to which somebody with these capacities may move a match."""
    return frozenset(target for (source, target), who in MOVES.items() if source is state and who & actors)


def diagram() -> str:
    """Draw the table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {S.PROPOSED.value}: {Actor.WORKER.value}, {CURATOR.value}"]
    for (source, target), actors in MOVES.items():
        who = ", ".join(actor.value for actor in Actor if actor in actors)
        lines.append(f"    {source.value} --> {target.value}: {who}")
    ends = [state for state in S if not any(source is state for source, _ in MOVES)]
    return "\n".join([*lines, *(f"    {state.value} --> [*]" for state in ends)])
