"""Hard constraints: which supplies may not answer a demand at all, and why. They come before scores.

``exclusion`` says what each constraint means, for one pair and in order. The limits say the same of many supplies at
once: each tells which of the distinct things that supplies state forbid a demand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.engine.types import Exclusion, Geography, Profile

Flags = NDArray[np.bool_]


def exclusion(demand: Profile, supply: Profile, geography: Geography, today: date) -> Exclusion | None:
    """Return the first constraint that keeps a supply from answering a demand, if any does.

    A constraint that a record says too little for does not apply.
    """
    if supply.closed:
        return Exclusion(supply.id, "closed")
    if demand.organisation and supply.organisation == demand.organisation:
        return Exclusion(supply.id, "own_organisation", demand.organisation)
    if demand.country and supply.country == demand.country:
        return Exclusion(supply.id, "own_country", demand.country)
    if demand.country and not _eligible(demand.country, supply, geography):
        return Exclusion(supply.id, "not_eligible", demand.country)
    return _outside_window(demand, supply, today)


def _eligible(country: str, supply: Profile, geography: Geography) -> bool:
    """Tell whether a supply is open to a country; it is to all when it names neither countries nor groups."""
    if not (supply.eligible_countries or supply.eligible_groups):
        return True
    groups = geography.groups.get(country, frozenset())
    return country in supply.eligible_countries or not groups.isdisjoint(supply.eligible_groups)


def _outside_window(demand: Profile, supply: Profile, today: date) -> Exclusion | None:
    """Exclude an offer that ends before the demand's window, or today, or begins after the window."""
    if not _is_dated(supply):
        return None
    if supply.end_date and supply.end_date < max(today, demand.start_date or today):
        return Exclusion(supply.id, "window", f"until {supply.end_date}")
    if supply.start_date and demand.end_date and supply.start_date > demand.end_date:
        return Exclusion(supply.id, "window", f"from {supply.start_date}")
    return None


def _is_dated(supply: Profile) -> bool:
    """Tell whether a supply stands for a time only; the dates of a solution say when it ran."""
    return supply.kind == "offer" and bool(supply.start_date or supply.end_date)


class Limit(Protocol):
    """Be one constraint, made for supplies that differ in what it reads."""

    name: ClassVar[str]
    reads: ClassVar[tuple[str, ...]]  # the fields of a supply that it hangs on

    def __init__(self, supplies: Sequence[Profile], geography: Geography) -> None: ...

    def forbids(self, demand: Profile, today: date) -> Flags:
        """Tell of each supply whether it may not answer the demand."""
        ...


class Closed:
    """A closed supply answers nobody."""

    name: ClassVar[str] = "closed"
    reads: ClassVar[tuple[str, ...]] = ("closed",)

    def __init__(self, supplies: Sequence[Profile], geography: Geography) -> None:
        self._closed = np.array([supply.closed for supply in supplies], dtype=bool)

    def forbids(self, demand: Profile, today: date) -> Flags:
        """Tell which are closed."""
        return self._closed


class Own:
    """Who asks does not answer: the organisation itself, or another of its country."""

    name: ClassVar[str]
    reads: ClassVar[tuple[str, ...]]

    def __init__(self, supplies: Sequence[Profile], geography: Geography) -> None:
        self._size = len(supplies)
        self._place = {getattr(supply, *self.reads): place for place, supply in enumerate(supplies)}

    def forbids(self, demand: Profile, today: date) -> Flags:
        """Tell which are the demand's own."""
        forbidden = np.zeros(self._size, dtype=bool)
        owner = getattr(demand, *self.reads)
        if owner and owner in self._place:
            forbidden[self._place[owner]] = True
        return forbidden


class OwnOrganisation(Own):
    """No organisation answers itself."""

    name: ClassVar[str] = "own_organisation"
    reads: ClassVar[tuple[str, ...]] = ("organisation",)


class OwnCountry(Own):
    """Cooperation is between countries."""

    name: ClassVar[str] = "own_country"
    reads: ClassVar[tuple[str, ...]] = ("country",)


class Eligible:
    """A supply may be open to some countries and groups only."""

    name: ClassVar[str] = "not_eligible"
    reads: ClassVar[tuple[str, ...]] = ("eligible_countries", "eligible_groups")

    def __init__(self, supplies: Sequence[Profile], geography: Geography) -> None:
        self._supplies = supplies
        self._geography = geography
        self._forbidden: dict[str | None, Flags] = {None: np.zeros(len(supplies), dtype=bool)}

    def forbids(self, demand: Profile, today: date) -> Flags:
        """Tell which are not open to the demand's country; looked up once a country."""
        country = demand.country or None
        if country and country not in self._forbidden:
            closed = [not _eligible(country, supply, self._geography) for supply in self._supplies]
            self._forbidden[country] = np.array(closed, dtype=bool)
        return self._forbidden[country]


class Window:
    """An offer stands for a time: it must not end before the demand's window, or today, nor begin after it."""

    name: ClassVar[str] = "window"
    reads: ClassVar[tuple[str, ...]] = ("kind", "start_date", "end_date")

    def __init__(self, supplies: Sequence[Profile], geography: Geography) -> None:
        dated = [(supply.start_date, supply.end_date) if _is_dated(supply) else (None, None) for supply in supplies]
        self._start = np.array([(start or date.min).toordinal() for start, _ in dated], dtype=np.int64)
        self._end = np.array([(end or date.max).toordinal() for _, end in dated], dtype=np.int64)

    def forbids(self, demand: Profile, today: date) -> Flags:
        """Tell which stand outside the demand's window."""
        earliest = max(today, demand.start_date or today)
        latest = demand.end_date or date.max
        forbidden: Flags = (self._end < earliest.toordinal()) | (self._start > latest.toordinal())
        return forbidden


LIMITS: tuple[type[Limit], ...] = (Closed, OwnOrganisation, OwnCountry, Eligible, Window)
