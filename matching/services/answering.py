"""What the two sides of an introduced match answer, each for itself, and how it ends."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from matching.enums import Act, Actor, Answer, EndingReason, MatchState
from matching.lifecycle import BOTH_SIDES
from matching.models import Match
from matching.services.announcing import tell
from matching.services.moving import annotate, capacities_of, decide, not_open, refused

ANSWER_FIELDS = {Actor.DEMAND_SIDE: "demand_answer", Actor.SUPPLY_SIDE: "supply_answer"}
OTHER_SIDE = {Actor.DEMAND_SIDE: Actor.SUPPLY_SIDE, Actor.SUPPLY_SIDE: Actor.DEMAND_SIDE}


@transaction.atomic
def accept(*, match: Match, side: Actor, by: User, note: str = "", at: datetime) -> None:
    """Accept an introduction for one side; once both have, the match is of interest to both.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    if side not in BOTH_SIDES & capacities_of(by, match):
        raise refused()
    field, other = ANSWER_FIELDS[side], OTHER_SIDE[side]
    if match.state != MatchState.INTRODUCED or getattr(match, field):
        raise not_open(match)
    accepted = {field: Answer.ACCEPTED}
    if getattr(match, ANSWER_FIELDS[other]) == Answer.ACCEPTED:
        decide(match, to=MatchState.INTERESTED, by=by, actor=side, note=note, at=at, **accepted)
    else:
        annotate(match, act=Act.ACCEPTED, by=by, actor=side, note=note, at=at, **accepted)
    tell(match, kind="matching.answered", people=(other,), by=by, at=at, side=str(side), answer="accepted", note=note)


@transaction.atomic
def decline(*, match: Match, side: Actor, by: User, reason: EndingReason, note: str = "", at: datetime) -> None:
    """Decline for one side, with a reason; that ends the match.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    if side not in BOTH_SIDES:
        raise refused()
    answer = {ANSWER_FIELDS[side]: Answer.DECLINED}
    decide(match, to=MatchState.DECLINED, by=by, actor=side, reason=reason, note=note, at=at, **answer)
    _tell_end(match, side=side, answer="declined", by=by, reason=reason, note=note, at=at)


@transaction.atomic
def withdraw(*, match: Match, by: User, reason: EndingReason, note: str = "", at: datetime) -> None:
    """Take back, for the country that asks, what it had chosen; that ends the match.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    decide(match, to=MatchState.WITHDRAWN, by=by, reason=reason, note=note, at=at)
    _tell_end(match, side=Actor.DEMAND_SIDE, answer="withdrawn", by=by, reason=reason, note=note, at=at)


@transaction.atomic
def agree(*, match: Match, by: User, note: str = "", at: datetime) -> None:
    """Record that the two sides agreed.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    decide(match, to=MatchState.AGREED, by=by, note=note, at=at)
    _tell_end(match, side=Actor.DEMAND_SIDE, answer="agreed", by=by, reason="", note=note, at=at, all_sides=True)


def _tell_end(
    match: Match,
    *,
    side: Actor,
    answer: str,
    by: User,
    reason: str,
    note: str,
    at: datetime,
    all_sides: bool = False,
) -> None:
    """Tell the other side, if it was introduced, and curators; of an agreement both sides."""
    people = {Actor.CURATOR} | (BOTH_SIDES if all_sides else {OTHER_SIDE[side]} if match.introduced_at else set())
    said = {"side": str(side), "answer": answer, "reason": str(reason), "note": note}
    tell(match, kind="matching.answered", people=people, by=by, at=at, **said)
