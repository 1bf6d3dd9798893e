"""How every decision about a match is checked and written; the verbs are in the modules beside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from matching.enums import Act, Actor, EndingReason, MatchState
from matching.lifecycle import MOVES, REASONS
from matching.models import Match
from matching.rules.acting import capacities

NOTE_MAX = 2_000


class MoveRefusedError(DomainError):
    """The person may not do this with the match."""

    code = "may_not_move_match"
    status = 403


class MatchNotOpenError(DomainError):
    """Someone else changed the match first, or its state does not allow the move."""

    code = "match_not_open"


class BadDecisionError(DomainError):
    """The decision's reason, note or need lines cannot be taken as they are."""

    code = "bad_decision"


def capacities_of(person: User, match: Match) -> frozenset[Actor]:
    """Return in what capacities a person may act on a match."""
    return capacities(person, demand=match.demand, supply=match.supply)


def decide(
    match: Match,
    *,
    to: MatchState,
    by: User,
    actor: Actor | None = None,
    reason: str = "",
    note: str = "",
    at: datetime,
    **changes: Any,
) -> None:
    """Move a match in the capacity that the person has, or in the one that is named.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    held = capacities_of(by, match) & (frozenset({actor}) if actor else frozenset(Actor))
    if not any(who & held for (_from, target), who in MOVES.items() if target is to):
        raise refused()
    check_reason(to, reason=reason, note=note)
    who = MOVES.get((MatchState(match.state), to))
    if who is None:
        raise not_open(match)
    if not who & held:
        raise refused()
    first = next(capacity for capacity in Actor if capacity in who & held)
    if not Match.objects.move(match, to=to, by=by, actor=first, reason=reason, note=note, at=at, **changes):
        raise not_open(match)


def annotate(
    match: Match, *, act: Act, by: User, actor: Actor, reason: str = "", note: str = "", at: datetime, **changes: Any
) -> None:
    """Change something of a match that is not its state. Raises BadDecisionError, MatchNotOpenError."""
    check_note(note)
    if not Match.objects.record(match, act=act, by=by, actor=actor, reason=reason, note=note, at=at, **changes):
        raise not_open(match)


def check_curates(person: User) -> None:
    """Refuse whoever is no curator."""
    if not may(person, "match.curate"):
        raise refused()


def check_note(note: str, *, field: str = "note") -> None:
    """Refuse a text that is too long."""
    if len(note) > NOTE_MAX:
        raise BadDecisionError(
            _("The note is longer than %(most)s characters: shorten it.") % {"most": NOTE_MAX}, field=field
        )


def check_reason(to: MatchState, *, reason: str, note: str) -> None:
    """Refuse an ending without one of its reasons, "another reason" without a note, and a note that is too long."""
    check_note(note)
    if reason not in REASONS.get(to, ("",)):
        raise BadDecisionError(_("Choose one of the listed reasons."), field="reason")
    if reason == EndingReason.OTHER and not note.strip():
        raise BadDecisionError(_("Say in the note what the reason is."), field="note")


def refused() -> MoveRefusedError:
    """Say that this is for somebody else to do."""
    return MoveRefusedError(_("You may not do this with the match: it is for somebody else to decide."))


def not_open(match: Match) -> MatchNotOpenError:
    """Say who was first and what the match is now."""
    now = Match.objects.select_related("decided_by").get(pk=match.pk)
    known = {"state": now.get_state_display(), "day": date_format(now.changed_at, "DATETIME_FORMAT")}
    if now.decided_by is None:
        return MatchNotOpenError(_("This match cannot be moved: it is “%(state)s” since %(day)s.") % known)
    return MatchNotOpenError(
        _("%(person)s was first: this match is “%(state)s” since %(day)s.") % {**known, "person": now.decided_by}
    )
