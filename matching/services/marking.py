"""What curators want of a pair whatever the ranking says: pinned, excluded, added by hand."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from matching.engine.types import Exclusion, Hit
from matching.enums import Act, Actor, Band, EndingReason, Mark, MatchState
from matching.lifecycle import RANKED
from matching.models import Match, MatchEvent
from matching.services.explaining import explain_pair
from matching.services.moving import (
    BadDecisionError,
    annotate,
    check_curates,
    check_note,
    check_reason,
    decide,
    not_open,
)
from solutions.models import Entry

PINNABLE = RANKED | {MatchState.SHORTLISTED}


@transaction.atomic
def pin(*, match: Match, by: User, note: str = "", at: datetime) -> None:
    """Keep a match proposed whatever later rankings say; one that was no longer proposed comes back.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    check_curates(by)
    if match.state not in PINNABLE or match.mark:
        raise not_open(match)
    if match.state == MatchState.GONE:
        decide(match, to=MatchState.PROPOSED, by=by, actor=Actor.CURATOR, note=note, at=at, mark=Mark.PINNED)
    else:
        annotate(match, act=Act.PINNED, by=by, actor=Actor.CURATOR, note=note, at=at, mark=Mark.PINNED)


@transaction.atomic
def unpin(*, match: Match, by: User, note: str = "", at: datetime) -> None:
    """Take a pin or an exclusion off; an excluded match stays dismissed until it is reopened.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    check_curates(by)
    if not match.mark:
        raise not_open(match)
    annotate(match, act=Act.UNPINNED, by=by, actor=Actor.CURATOR, note=note, at=at, mark="")


@transaction.atomic
def exclude(*, match: Match, by: User, reason: EndingReason, note: str = "", at: datetime) -> None:
    """Dismiss a pair for good: it cannot even be reopened before the exclusion is taken off.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    check_curates(by)
    if match.mark == Mark.EXCLUDED:
        raise not_open(match)
    if match.state == MatchState.DISMISSED:
        check_reason(MatchState.DISMISSED, reason=reason, note=note)
        changes = {"mark": Mark.EXCLUDED, "reason_code": reason}
        annotate(
            match, act=Act.EXCLUDED, by=by, actor=Actor.CURATOR, reason=reason, note=note, at=at, **changes
        )  # fmt: skip
    else:
        decide(
            match, to=MatchState.DISMISSED, by=by, actor=Actor.CURATOR, reason=reason, note=note, at=at,
            mark=Mark.EXCLUDED,
        )  # fmt: skip


@transaction.atomic
def add_match_by_hand(*, demand: Entry, supply: Entry, by: User, note: str = "", at: datetime) -> Match:
    """Propose a pair that the ranking did not, pinned, with the engine's opinion of it on record.

    A pair that is proposed already, or was, is pinned. Where the engine excludes the pair its explanation holds the
    code under "excluded", its detail beside it. Raises MoveRefusedError, BadDecisionError, MatchNotOpenError,
    NotRankedError.
    """
    check_curates(by)
    check_note(note)
    if supply.organisation_id == demand.organisation_id:
        raise BadDecisionError(_("Demand and supply belong to the same organisation."), field="supply")
    if not supply.is_live:
        raise BadDecisionError(_("The second entry is not published."), field="supply")
    opinion = explain_pair(demand=demand, supply=supply, at=at)
    excluded = {"excluded": opinion.code, "excluded_detail": opinion.detail} if isinstance(opinion, Exclusion) else {}
    hit = (
        opinion if isinstance(opinion, Hit) else Hit(demand_id=demand.public_id, supply_id=supply.public_id, reasons=())
    )
    match, created = Match.objects.get_or_create(
        demand_id=demand.pk,
        supply_id=supply.pk,
        defaults={
            "score": hit.score,
            "rank": hit.rank,
            "band": Band(hit.band),
            "explanation": hit.to_dict() | excluded,
            "mark": Mark.PINNED,
            "decided_by": by,
            "created_at": at,
            "changed_at": at,
            "state_since": at,
        },
    )
    if created:
        MatchEvent.objects.create(
            match=match, act=Act.ADDED, by=by, actor=Actor.CURATOR, to_state=MatchState.PROPOSED, note=note, at=at
        )
    elif match.state not in RANKED or match.mark:
        raise not_open(match)
    else:
        pin(match=match, by=by, note=note, at=at)
    return match
