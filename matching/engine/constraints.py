"""Hard constraints: which supplies may not answer a demand at all, and why. They come before scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from matching.engine.types import Exclusion, Geography, Profile


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


class Constraints:
    """Hold the N supplies by what could exclude them, so that a demand looks only at those."""

    def __init__(self, supplies: Sequence[Profile], geography: Geography) -> None:
        self._supplies = supplies
        self._geography = geography
        self._of: defaultdict[str | None, list[int]] = defaultdict(list)  # rows by country and by organisation
        self._bounded: list[int] = []
        for row, supply in enumerate(supplies):
            self._of[supply.country].append(row)
            self._of[supply.organisation].append(row)
            if supply.closed or supply.eligible_countries or supply.eligible_groups or _is_dated(supply):
                self._bounded.append(row)

    def exclusions(self, demand: Profile, today: date) -> dict[int, Exclusion]:
        """Return what is excluded for a demand, by row."""
        own = {row for owner in (demand.country, demand.organisation) if owner for row in self._of.get(owner, ())}
        found = {
            row: exclusion(demand, self._supplies[row], self._geography, today)
            for row in sorted(own.union(self._bounded))
        }
        return {row: excluded for row, excluded in found.items() if excluded}


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
