"""What curators decide about a match: shortlist, dismiss with a reason, reopen."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from matching.enums import DismissalReason, MatchState
from matching.models import Match
from matching.queries import people_of
from notifications.services import notify

NOTE_MAX = 2_000


class CurationRefusedError(DomainError):
    """The person is no curator."""

    code = "may_not_curate"


class MatchNotOpenError(DomainError):
    """Someone else decided the match first, or its state does not allow the move."""

    code = "match_not_open"


class BadDecisionError(DomainError):
    """The decision's reason or note cannot be taken as it is."""

    code = "bad_decision"


@transaction.atomic
def shortlist(*, match: Match, curator: User, note: str = "", at: datetime) -> None:
    """Put a proposed match on the shortlist and tell the demand's focal points.

    Raises CurationRefusedError, BadDecisionError, MatchNotOpenError.
    """
    _decide(match, to=MatchState.SHORTLISTED, curator=curator, note=note, at=at)
    demand = match.demand
    notify(
        kind="matching.shortlisted",
        recipients=people_of(demand.organisation_id, Role.FOCAL_POINT),
        event_key=f"matching.shortlisted:{match.public_id}:v{match.version}",
        context={
            "demand": demand.title,
            "title": match.supply.title,
            "organisation": match.supply.organisation.name,
        },
        path=reverse("demand-matches", args=[demand.public_id]),
        at=at,
    )


@transaction.atomic
def dismiss(*, match: Match, curator: User, reason: DismissalReason, note: str = "", at: datetime) -> None:
    """Set a proposed or shortlisted match aside; no later ranking brings it back.

    Raises CurationRefusedError, BadDecisionError, MatchNotOpenError.
    """
    if reason not in DismissalReason:
        raise BadDecisionError(_("Choose one of the listed reasons."), field="reason")
    _decide(match, to=MatchState.DISMISSED, curator=curator, reason=reason, note=note, at=at)


@transaction.atomic
def reopen(*, match: Match, curator: User, note: str = "", at: datetime) -> None:
    """Take a dismissal back. The next ranking of the demand decides whether the match is still proposed.

    Raises CurationRefusedError, BadDecisionError, MatchNotOpenError.
    """
    if match.state != MatchState.DISMISSED:
        raise _not_open(match)
    _decide(match, to=MatchState.PROPOSED, curator=curator, note=note, at=at)


def _decide(match: Match, *, to: MatchState, curator: User, reason: str = "", note: str, at: datetime) -> None:
    if not may(curator, "match.curate"):
        raise CurationRefusedError(_("Only curators decide about matches."))
    if len(note) > NOTE_MAX:
        raise BadDecisionError(
            _("The note is longer than %(most)s characters: shorten it.") % {"most": NOTE_MAX}, field="note"
        )
    if not Match.objects.move(match, to=to, by=curator, reason=reason, note=note, at=at):
        raise _not_open(match)


def _not_open(match: Match) -> MatchNotOpenError:
    """Say who was first, and what they decided."""
    now = Match.objects.select_related("decided_by").get(pk=match.pk)
    known = {"state": now.get_state_display(), "day": date_format(now.changed_at, "DATETIME_FORMAT")}
    if now.decided_by is None:
        return MatchNotOpenError(_("This match cannot be moved: it is “%(state)s” since %(day)s.") % known)
    return MatchNotOpenError(
        _("%(person)s was first: this match is “%(state)s” since %(day)s.") % {**known, "person": now.decided_by}
    )
