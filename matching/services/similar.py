"""Entries that the engine holds to be like an entry."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Sum

from accounts.models import User
from matching.lifecycle import OPEN
from matching.models import Match
from solutions.models import Entry, EntryQuerySet

_OF_SUPPLY: Final = ("supply", "demand", "matches_as_supply")


def similar_to(*, entry: Entry, user: User | AnonymousUser, most: int) -> EntryQuerySet:
    """Return the entries of the same side that share matches with an entry, those nearest first.

    For a solution or offer, what is proposed for the same demands; for a demand, the demands that the same solutions
    and offers could answer. Nearness is the sum of their scores there. Only entries that the reader may know of count,
    and only matches on record: one query, whatever the catalogue's size.
    """
    side, other, matches = ("demand", "supply", "demand__matches") if entry.is_demand else _OF_SUPPLY
    visible = Entry.objects.live().visible_to(user)
    shared = visible.filter(pk__in=Match.objects.open().filter(**{f"{side}_id": entry.pk}).values(f"{other}_id"))
    beside = visible.exclude(pk=entry.pk).filter(
        **{f"{matches}__state__in": OPEN, f"{matches}__{other}_id__in": shared.values("pk")}
    )
    ordered = beside.annotate(nearness=Sum(f"{matches}__score")).order_by("-nearness", "-pk")
    return ordered.select_related("country", "language")[:most]
