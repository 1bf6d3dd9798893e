"""Entries that the engine holds to be like an entry."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Sum

from accounts.models import User
from matching.lifecycle import OPEN
from matching.models import Match
from solutions.models import Entry, EntryQuerySet


def similar_to(*, entry: Entry, user: User | AnonymousUser, most: int) -> EntryQuerySet:
    """Return the solutions and offers proposed for the same demands as a solution or offer, those nearest first.

    Nearness is the sum of their scores there. Only demands that the reader may know of count, and only matches on
    record: one query, whatever the catalogue's size.
    """
    visible = Entry.objects.live().visible_to(user)
    demands = visible.filter(pk__in=Match.objects.open().filter(supply_id=entry.pk).values("demand_id"))
    beside = visible.exclude(pk=entry.pk).filter(
        matches_as_supply__state__in=OPEN, matches_as_supply__demand_id__in=demands.values("pk")
    )
    nearness = Sum("matches_as_supply__score")
    ordered = beside.annotate(nearness=nearness).order_by("-nearness", "-pk")
    return ordered.select_related("country", "language")[:most]
