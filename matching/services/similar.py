"""Entries that say something like an entry."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from matching import corpus
from solutions.models import Entry
from solutions.queries import for_ranking


def similar_to(*, entry: Entry, user: User | AnonymousUser, most: int, at: datetime) -> list[Entry]:
    """Return the solutions and offers nearest to a live solution or offer, best first: the engine's order.

    What comes from the entry's own country is left out, as it is for a demand: who likes a practice looks for what
    others made of it. Empty for demands, whose matches are not for everyone.
    """
    ranked = None if entry.is_demand else for_ranking([entry.pk]).first()
    if ranked is None:
        return []
    profile = corpus.profile_of(ranked, on=at.date())
    hits = corpus.fitted(at=at).rank(profile, k=most + 1).hits  # one more: a global entry finds itself
    order = [hit.supply_id for hit in hits if hit.supply_id != entry.public_id][:most]
    known = Entry.objects.live().visible_to(user).filter(public_id__in=order).select_related("country", "language")
    found = {one.public_id: one for one in known}
    return [found[public_id] for public_id in order if public_id in found]
