"""Tell the people concerned about new matches: each match once to each side, however often a run is repeated."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.queries import people_of
from matching.enums import Band
from matching.models import Match
from matching.queries import untold_to_publishers, with_sides
from matching.services.explaining import shared_words
from notifications.services import announce, notify
from solutions.models import Entry

LISTED = 10
"""How many matches a notice names; the rest it counts."""
EXPLAINED = 3
"""How many of these it explains in full, the strongest first; of the others it names what they hang on most."""
SHOWN_WORDS = 3


class _Untold(NamedTuple):
    """Be a match of which nobody was told, without what a notice says of it: there may be thousands."""

    pk: int
    public_id: str
    demand_id: int


def tell_focal_points(*, demand: Entry, at: datetime) -> int:
    """Tell the focal points of a demand's organisation about its proposed matches that they were not told of.

    Call it in the transaction that proposed them, with the demand's row locked. Return how many people were told.
    """
    untold = Match.objects.proposed().filter(demand_id=demand.pk, focal_points_told_at=None).exclude(band=Band.WEAK)
    matches = list(untold.select_related("supply__organisation").order_by("rank", "pk"))
    if not matches:
        return 0
    untold.filter(pk__in=[match.pk for match in matches]).update(focal_points_told_at=at)
    about: dict[str, Any] = {
        "kind": "matching.new_matches",
        "event_key": _event_key("matching.new_matches", matches),
        "context": {
            "demand": demand.title,
            "count": len(matches),
            "matches": [{**_supply_side(match), **_why(match, place)} for place, match in enumerate(matches[:LISTED])],
        },
        "path": reverse("demand-matches", args=[demand.public_id]),
        "at": at,
    }
    announce(organisation_id=demand.organisation_id, **about)
    return notify(recipients=people_of(demand.organisation_id, Role.FOCAL_POINT), **about)


def tell_publishers(*, at: datetime) -> int:
    """Tell publishers which of their supplies were proposed for demands that they may read; return how many were told.

    One transaction an organisation: what a lost worker leaves untold, the next run or sweep tells.
    """
    organisations = untold_to_publishers().order_by().values_list("supply__organisation_id", flat=True).distinct()
    return sum(_tell_publishers_of(organisation_id, at=at) for organisation_id in sorted(organisations))


@transaction.atomic
def _tell_publishers_of(organisation_id: int, *, at: datetime) -> int:
    # Two runs that end at the same time wait for each other here, so that neither tells what the other has told.
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    rows = untold_to_publishers().filter(supply__organisation_id=organisation_id)
    untold = [_Untold(*row) for row in rows.values_list("pk", "public_id", "demand_id")]
    told: set[int] = set()
    people = 0
    for publisher in people_of(organisation_id, Role.PUBLISHER):
        matches = _readable(untold, publisher)
        if not matches:
            continue
        told.update(match.pk for match in matches)
        people += notify(recipients=[publisher], **_proposed(matches, at=at))
    if told and organisation.is_verified(at=at):  # each member may read them all, so that machines may too
        announce(organisation_id=organisation_id, **_proposed([match for match in untold if match.pk in told], at=at))
    Match.objects.filter(pk__in=told).update(publishers_told_at=at)
    return people


def _proposed(matches: Sequence[_Untold], *, at: datetime) -> dict[str, Any]:
    """Describe the event that an organisation's supplies were proposed; only what is listed is read whole."""
    keys = [match.pk for match in matches[:LISTED]]
    found = {match.pk: match for match in with_sides(Match.objects.filter(pk__in=keys))}
    listed = [found[key] for key in keys]
    return {
        "kind": "matching.supply_proposed",
        "event_key": _event_key("matching.supply_proposed", matches),
        "context": {
            "count": len(matches),
            "matches": [{**_demand_side(match), **_why(match, place)} for place, match in enumerate(listed)],
        },
        "path": reverse("entry-detail", args=[listed[0].demand.public_id]),
        "at": at,
    }


def _readable(matches: Sequence[_Untold], person: User) -> list[_Untold]:
    ids = {match.demand_id for match in matches}
    readable = set(Entry.objects.readable_by(person).live().filter(pk__in=ids).values_list("pk", flat=True))
    return [match for match in matches if match.demand_id in readable]


def _event_key(kind: str, matches: Sequence[Match | _Untold]) -> str:
    """Name the event by the pairs that are new in it."""
    pairs = ",".join(sorted(match.public_id for match in matches))
    return f"{kind}:{hashlib.sha256(pairs.encode()).hexdigest()[:32]}"


def _supply_side(match: Match) -> dict[str, Any]:
    return {
        "title": match.supply.title,
        "organisation": match.supply.organisation.name,
    }


def _demand_side(match: Match) -> dict[str, Any]:
    return {
        "title": match.supply.title,
        "demand": match.demand.title,
        "organisation": match.demand.organisation.name,
        "path": reverse("entry-detail", args=[match.demand.public_id]),
    }


def _why(match: Match, place: int) -> dict[str, Any]:
    """Return what a notice says of why two entries fit, in full for those that it names first."""
    if place < EXPLAINED:
        return {"band": match.band, "explanation": match.explanation}
    return {"band": match.band, "words": shared_words(match.explanation, most=SHOWN_WORDS)}
