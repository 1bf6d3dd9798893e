"""In which capacities a person may act on a match; which moves those allow is in lifecycle.py."""

from __future__ import annotations

from typing import Protocol

from django.contrib.auth.models import AnonymousUser

from accounts.rules import HasKey, Person, may
from matching.enums import Actor

SIDE_PERMISSIONS = {Actor.DEMAND_SIDE: "match.choose", Actor.SUPPLY_SIDE: "match.provide"}
"""What a person has to hold in a side's organisation to speak for it."""


class Party(Protocol):
    """An entry, as far as the rules need to know it."""

    @property
    def organisation(self) -> HasKey: ...


def capacities(user: Person | AnonymousUser, *, demand: Party, supply: Party) -> frozenset[Actor]:
    """Return in what capacities a person may act on the match of a demand and a supply."""
    parties = {Actor.DEMAND_SIDE: demand, Actor.SUPPLY_SIDE: supply}
    sides = {side for side, party in parties.items() if may(user, SIDE_PERMISSIONS[side], party.organisation)}
    return frozenset(sides | {Actor.CURATOR} if may(user, "match.curate") else sides)
