"""Tell the sides of a match, and curators, what happened to it and what is theirs to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.queries import curators, speakers_of
from matching.enums import Actor
from matching.lifecycle import BOTH_SIDES, OPEN
from matching.models import Match
from matching.rules.acting import SIDE_PERMISSIONS
from notifications.services import announce, notify


def people_of_side(match: Match, side: Actor, *, at: datetime) -> QuerySet[User]:
    """Return who speaks for a side of a match that day, or all curators."""
    if side is Actor.CURATOR:
        return curators()
    return speakers_of(match.party(side).organisation_id, SIDE_PERMISSIONS[side], on=at.date())


def tell(
    match: Match,
    *,
    kind: str,
    people: Iterable[Actor],
    by: User | None = None,
    at: datetime,
    event: str = "",
    **context: object,
) -> int:
    """Send one kind of notice about a match to the people of some sides; return how many were told.

    The webhooks of the sides' organisations are told too. `event` names what happened, apart from the change that
    gave the match its version.
    """
    known = {
        "demand": match.demand.title,
        "country": match.demand.organisation.name,
        "title": match.supply.title,
        "organisation": match.supply.organisation.name,
        "state": str(match.state),
        **context,
    }
    sides = list(people)
    recipients = {person.pk: person for side in sides for person in people_of_side(match, side, at=at)}
    about: dict[str, Any] = {
        "kind": kind,
        "event_key": f"{kind}:{match.public_id}:{event or f'v{match.version}'}",
        "context": known,
        "path": _page(match, sides),
        "at": at,
    }
    for organisation_id in sorted({match.party(side).organisation_id for side in sides if side in BOTH_SIDES}):
        announce(organisation_id=organisation_id, **about)
    return notify(recipients=recipients.values(), by=by, **about)


def _page(match: Match, sides: Iterable[Actor]) -> str:
    """Return where to read on: the match, or the demand's page where its side does not see the match any more."""
    ended_before = match.state not in OPEN and match.introduced_at is None
    if ended_before and Actor.DEMAND_SIDE in sides:
        return reverse("demand-matches", args=[match.demand.public_id])
    return reverse("match-page", args=[match.public_id])
