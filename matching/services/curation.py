"""What curators, and the country that asks, decide about a match before the two sides meet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from matching.enums import Actor, EndingReason, Mark, MatchState
from matching.lifecycle import BOTH_SIDES
from matching.models import Match, MatchEvent
from matching.services.announcing import tell
from matching.services.moving import BadDecisionError, check_curates, decide, not_open
from solutions.enums import Visibility


@transaction.atomic
def shortlist(*, match: Match, by: User, note: str = "", at: datetime) -> None:
    """Put a proposed match on the shortlist: a curator tells the country, the country asks curators to introduce.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    decide(match, to=MatchState.SHORTLISTED, by=by, note=note, at=at)
    if _chosen(match):
        tell(match, kind="matching.chosen", people=(Actor.CURATOR,), by=by, at=at)
    else:
        tell(match, kind="matching.shortlisted", people=(Actor.DEMAND_SIDE,), by=by, at=at)


@transaction.atomic
def dismiss(*, match: Match, by: User, reason: EndingReason, note: str = "", at: datetime) -> None:
    """Set a match aside before the two sides meet; no later ranking brings it back.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    decide(match, to=MatchState.DISMISSED, by=by, reason=reason, note=note, at=at, mark="")


@transaction.atomic
def reopen(*, match: Match, by: User, note: str = "", at: datetime) -> None:
    """Take an ending back. The next ranking of the demand decides whether the match is still proposed.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError; the second also for a pair that is excluded.
    """
    check_curates(by)
    if match.state == MatchState.GONE:
        raise not_open(match)
    if match.mark == Mark.EXCLUDED:
        raise BadDecisionError(_("This pair is excluded from ranking: take the exclusion off first."))
    decide(match, to=MatchState.PROPOSED, by=by, note=note, at=at)


@transaction.atomic
def introduce(*, match: Match, by: User, note: str = "", at: datetime) -> None:
    """Put the two sides of a shortlisted match in touch and ask both for an answer.

    A private demand is introduced only to providers that the country itself put on the shortlist, and nobody is
    introduced to an organisation that is not verified. Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    decide(
        match, to=MatchState.INTRODUCED, by=by, note=note, at=at,
        introduced_at=at, focal_points_told_at=at, publishers_told_at=at,
    )  # fmt: skip
    if not match.supply.organisation.is_verified(at=at):
        raise BadDecisionError(_("The provider's organisation is not verified yet."))
    if match.demand.visibility == Visibility.PRIVATE and not _chosen(match):
        raise BadDecisionError(_("The demand is private: its focal point has to shortlist the provider first."))
    tell(match, kind="matching.introduced", people=BOTH_SIDES, by=by, at=at, note=note)


def _chosen(match: Match) -> bool:
    """Tell whether it was the country that shortlisted the match the last time."""
    choices = MatchEvent.objects.filter(match_id=match.pk, to_state=MatchState.SHORTLISTED).order_by("-pk")
    last = choices.exclude(from_state=MatchState.SHORTLISTED).first()
    return last is not None and last.actor == Actor.DEMAND_SIDE
