"""Reads of matches and of the people they concern."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.enums import Role
from accounts.models import User
from matching.enums import Band
from matching.models import Match, MatchQuerySet
from solutions.enums import Visibility
from solutions.lifecycle import LIVE
from solutions.models import Entry
from solutions.queries import by_ids, with_everything


def people_of(organisation_id: int, role: Role) -> QuerySet[User]:
    """Return the active people who have a role in an organisation."""
    held = User.objects.filter(memberships__organisation_id=organisation_id, memberships__role=role)
    return held.filter(is_active=True).distinct().order_by("pk")


def entry_called(name: str) -> Entry | None:
    """Return the entry with a public id, or else with that id at its source."""
    found = {entry.public_id == name: entry for entry in by_ids([name])}
    return found.get(True) or found.get(False)


def for_reading(matches: MatchQuerySet) -> MatchQuerySet:
    """Add what a list of matches shows of the supplies."""
    return matches.select_related("supply__organisation", "supply__country", "supply__language")


def pair_of(match: Match, *, user: User) -> tuple[Entry, Entry]:
    """Return the demand and the supply of a match, in whatever state, with all that a comparison shows."""
    entries = with_everything(Entry.objects.filter(pk__in=(match.demand_id, match.supply_id)), user=user)
    found = {entry.pk: entry for entry in entries}
    return found[match.demand_id], found[match.supply_id]


def untold_to_publishers() -> MatchQuerySet:
    """Return strong and good open matches that the supply's publishers were not told of, best first.

    Matches of demands that nobody outside the demand's organisation may read are left out.
    """
    untold = Match.objects.open().filter(publishers_told_at=None, band__in=(Band.STRONG, Band.GOOD))
    shared = untold.filter(demand__state__in=LIVE).exclude(demand__visibility=Visibility.PRIVATE)
    related = shared.select_related("demand__organisation", "supply__organisation")
    return related.order_by("-score", "pk")
