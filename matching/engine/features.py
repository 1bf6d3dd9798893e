"""The signals of a score: one small class each, vectorised over all supplies.

Every signal gives a supply a value from 0 to 1, or NaN where one of the two records does not say what the signal
compares. The ranker then counts the signal's neutral value from Config: a record that is silent stands between one
that fits and one that does not, and the page says what was not stated. The text signal is the index's.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar, Protocol

import numpy as np

from matching.engine.kernel import Floats
from matching.engine.shares import Shares, once
from matching.engine.types import Config, Geography, Pairs, Profile

WORLD = "001"  # M49: everybody shares it
SIMILAR_GROUPS = frozenset({"ldc", "lldc", "sids"})


class Signal(Protocol):
    """Compare one facet of a demand with that of every supply it was made for."""

    name: ClassVar[str]
    reads: ClassVar[tuple[str, ...]]  # the fields of a supply that values come from

    def __init__(self, supplies: Sequence[Profile], geography: Geography, config: Config) -> None: ...

    def values(self, demand: Profile, today: date) -> Floats:
        """Return N values in 0..1, NaN where a record does not say."""
        ...

    def missing(self, demand: Profile, supply: Profile) -> tuple[str, ...]:
        """Name the facets of the pair that are not stated, as "demand.sectors"."""
        ...

    def detail(self, demand: Profile, supply: Profile) -> Pairs:
        """Return what the pair shares, for its wording."""
        ...


def _join(codes: Iterable[object]) -> str:
    return "|".join(str(code) for code in codes)


def _shared(wanted: Iterable[Hashable], held: Iterable[Hashable]) -> str:
    """List the wanted codes that are held, in the order in which they are wanted."""
    kept = set(held)
    return _join(dict.fromkeys(code for code in wanted if code in kept))


def _silent(demand: bool, supply: bool, facet: str) -> tuple[str, ...]:
    """Name the facet for each of the two records that does not state it."""
    return tuple(f"{who}.{facet}" for who, silent in (("demand", demand), ("supply", supply)) if silent)


class Sdg:
    """Same goals and targets.

    Half of the value is the share of the demand's goals that the supply serves, half whether they share a target.
    Where a record names no targets, the target half counts as half of the goal share. A goal that was proposed by
    machine counts by its confidence, and only where the record states none.
    """

    name: ClassVar[str] = "sdg"
    reads: ClassVar[tuple[str, ...]] = ("goals", "targets", "proposed_goals")

    def __init__(self, supplies: Sequence[Profile], geography: Geography, config: Config) -> None:
        self._goals = Shares(goals_of(supply) for supply in supplies)
        self._targets = Shares(once(supply.targets) for supply in supplies)

    def values(self, demand: Profile, today: date) -> Floats:
        """Return (goal share + target half) / 2."""
        wanted = goals_of(demand)
        total = sum(wanted.values())
        if not total:
            return np.full(self._goals.stated.size, np.nan)
        goals = self._goals.overlap(wanted) / total
        targets = np.minimum(self._targets.overlap(once(demand.targets)), 1.0)
        known = self._targets.stated & bool(demand.targets)
        return np.where(self._goals.stated, (goals + np.where(known, targets, goals / 2)) / 2, np.nan)

    def missing(self, demand: Profile, supply: Profile) -> tuple[str, ...]:
        """Name goals, or targets, of either record."""
        goals = _silent(not goals_of(demand), not goals_of(supply), "goals")
        return goals + _silent(not demand.targets, not supply.targets, "targets")

    def detail(self, demand: Profile, supply: Profile) -> Pairs:
        """Name the shared goals, by themselves where either record's were proposed by machine, and the targets."""
        stated = all(profile.goals or profile.targets for profile in (demand, supply))
        return (
            ("goals" if stated else "proposed", _shared(goals_of(demand), goals_of(supply))),
            ("targets", _shared(demand.targets, supply.targets)),
        )


def goals_of(profile: Profile) -> dict[Hashable, float]:
    """Return the goals of an entry with their confidence; those of its targets belong to them."""
    stated = [*profile.goals, *(int(target.partition(".")[0]) for target in profile.targets)]
    return once(stated) or dict(profile.proposed_goals)


class Sector:
    """Same sectors: the share of the demand's sectors that the supply names, compared as normalised words."""

    name: ClassVar[str] = "sector"
    reads: ClassVar[tuple[str, ...]] = ("sectors",)

    def __init__(self, supplies: Sequence[Profile], geography: Geography, config: Config) -> None:
        self._sectors = Shares(once(sectors_of(supply)) for supply in supplies)

    def values(self, demand: Profile, today: date) -> Floats:
        """Return shared / wanted."""
        return _share_of(self._sectors, sectors_of(demand))

    def missing(self, demand: Profile, supply: Profile) -> tuple[str, ...]:
        """Name the sectors of either record."""
        return _silent(not demand.sectors, not supply.sectors, "sectors")

    def detail(self, demand: Profile, supply: Profile) -> Pairs:
        """Name the shared sectors."""
        return (("sectors", _shared(sectors_of(demand), sectors_of(supply))),)


def sectors_of(profile: Profile) -> tuple[str, ...]:
    """Return an entry's sectors as plain lower-case words: "Water_Supply" and "water supply" are one."""
    words = (" ".join(sector.casefold().replace("_", " ").replace("-", " ").split()) for sector in profile.sectors)
    return tuple(dict.fromkeys(words))


class Modality:
    """Forms of cooperation: the share of those the demand asks for that the supply can give."""

    name: ClassVar[str] = "modality"
    reads: ClassVar[tuple[str, ...]] = ("modalities",)

    def __init__(self, supplies: Sequence[Profile], geography: Geography, config: Config) -> None:
        self._modalities = Shares(once(supply.modalities) for supply in supplies)

    def values(self, demand: Profile, today: date) -> Floats:
        """Return shared / wanted."""
        return _share_of(self._modalities, demand.modalities)

    def missing(self, demand: Profile, supply: Profile) -> tuple[str, ...]:
        """Name the modalities of either record."""
        return _silent(not demand.modalities, not supply.modalities, "modalities")

    def detail(self, demand: Profile, supply: Profile) -> Pairs:
        """Name the shared modalities."""
        return (("modalities", _shared(demand.modalities, supply.modalities)),)


def _share_of(held: Shares, wanted: Sequence[Hashable]) -> Floats:
    if not wanted:
        return np.full(held.stated.size, np.nan)
    codes = once(wanted)
    return np.where(held.stated, held.overlap(codes) / len(codes), np.nan)


class Language:
    """Working language: 1 where both can work in one language, 0 where they cannot.

    Only stated working languages count. The language that a record happens to be written in says nothing about how
    well it answers, so it is never used.
    """

    name: ClassVar[str] = "language"
    reads: ClassVar[tuple[str, ...]] = ("working_languages",)

    def __init__(self, supplies: Sequence[Profile], geography: Geography, config: Config) -> None:
        self._languages = Shares(once(supply.working_languages) for supply in supplies)

    def values(self, demand: Profile, today: date) -> Floats:
        """Return 1 where a language is shared."""
        return np.ceil(_share_of(self._languages, demand.working_languages))

    def missing(self, demand: Profile, supply: Profile) -> tuple[str, ...]:
        """Name the working languages of either record."""
        return _silent(not demand.working_languages, not supply.working_languages, "working_languages")

    def detail(self, demand: Profile, supply: Profile) -> Pairs:
        """Name the shared working languages."""
        return (("languages", _shared(demand.working_languages, supply.working_languages)),)


class Context:
    """Similar circumstances: the demand's country against those a supply comes from or ran in.

    Half of the value is nearness: 1 for the same smallest region, less for each wider one, 0 for none but the world.
    Three tenths are a shared LDC, LLDC or SIDS status, two tenths a shared official language. A part that the
    demand's country has no data for (most countries are in no group) is left out and the others count more.
    """

    name: ClassVar[str] = "context"
    reads: ClassVar[tuple[str, ...]] = ("country", "countries")
    _parts: ClassVar[Mapping[str, float]] = {"regions": 0.5, "groups": 0.3, "languages": 0.2}

    def __init__(self, supplies: Sequence[Profile], geography: Geography, config: Config) -> None:
        self._geography = geography
        traits = {place: self._traits(place) for supply in supplies for place in places_of(supply)}
        self._held = {
            part: Shares(
                once(code for place in places_of(supply) for code in traits[place][part]) for supply in supplies
            )
            for part in self._parts
        }
        known = [any(any(traits[place].values()) for place in places_of(supply)) for supply in supplies]
        self._known = np.array(known, dtype=bool)

    def values(self, demand: Profile, today: date) -> Floats:
        """Return the weighted mean of the parts that apply."""
        wanted = self._traits(demand.country) if demand.country else {}
        parts = [part for part in self._parts if wanted.get(part)]
        if not parts:
            return np.full(self._known.size, np.nan)
        total: Floats = np.zeros(self._known.size)
        for part in parts:
            codes = wanted[part]
            each = 1 / len(codes) if part == "regions" else 1.0  # regions nest: all shared is the nearest
            total += self._parts[part] * np.minimum(self._held[part].overlap(dict.fromkeys(codes, each)), 1.0)
        return np.where(self._known, total / sum(self._parts[part] for part in parts), np.nan)

    def missing(self, demand: Profile, supply: Profile) -> tuple[str, ...]:
        """Name the country of either record."""
        return _silent(not demand.country, not places_of(supply), "country")

    def detail(self, demand: Profile, supply: Profile) -> Pairs:
        """Name the smallest shared region, the shared groups and languages."""
        wanted = self._traits(demand.country) if demand.country else {}
        pairs = []
        for part, codes in wanted.items():
            held = {code for place in places_of(supply) for code in self._traits(place)[part]}
            shared = [code for code in codes if code in held]
            pairs.append((part, _join(shared[:1] if part == "regions" else shared)))
        return tuple(pairs)

    def _traits(self, country: str) -> dict[str, tuple[str, ...]]:
        places = self._geography
        return {
            "regions": tuple(region for region in places.regions.get(country, ()) if region != WORLD),
            "groups": tuple(sorted(places.groups.get(country, frozenset()) & SIMILAR_GROUPS)),
            "languages": tuple(places.languages.get(country, ())),
        }


def places_of(profile: Profile) -> tuple[str, ...]:
    """Return the countries an entry comes from or ran in."""
    return tuple(dict.fromkeys(([profile.country] if profile.country else []) + list(profile.countries)))


class Preference:
    """Preferred providers: 1 where a supply comes from a country, or region, that the demand prefers."""

    name: ClassVar[str] = "preference"
    reads: ClassVar[tuple[str, ...]] = ("country", "countries")

    def __init__(self, supplies: Sequence[Profile], geography: Geography, config: Config) -> None:
        self._regions = geography.regions
        self._codes = Shares(once(self._codes_of(supply)) for supply in supplies)

    def values(self, demand: Profile, today: date) -> Floats:
        """Return 1 where a preferred code is held."""
        preferred = demand.preferred_countries + demand.preferred_regions
        if not preferred:
            return np.full(self._codes.stated.size, np.nan)
        return np.where(self._codes.stated, np.minimum(self._codes.overlap(once(preferred)), 1.0), np.nan)

    def missing(self, demand: Profile, supply: Profile) -> tuple[str, ...]:
        """Name the demand's preferences or the supply's country."""
        silent = not (demand.preferred_countries or demand.preferred_regions)
        return ("demand.preferences",) * silent + ("supply.country",) * (not places_of(supply))

    def detail(self, demand: Profile, supply: Profile) -> Pairs:
        """Name the preferred countries and regions that the supply comes from."""
        held = self._codes_of(supply)
        return (
            ("countries", _shared(demand.preferred_countries, held)),
            ("regions", _shared(demand.preferred_regions, held)),
        )

    def _codes_of(self, supply: Profile) -> tuple[str, ...]:
        places = places_of(supply)
        return places + tuple(region for place in places for region in self._regions.get(place, ()))


class Window:
    """Time: the share of the demand's window in which an offer stands.

    A solution's dates say when it ran, not when it can be shared, so the signal is neutral for it.
    """

    name: ClassVar[str] = "window"
    reads: ClassVar[tuple[str, ...]] = ("kind", "start_date", "end_date")

    def __init__(self, supplies: Sequence[Profile], geography: Geography, config: Config) -> None:
        starts = [supply.start_date if supply.kind == "offer" else None for supply in supplies]
        ends = [supply.end_date if supply.kind == "offer" else None for supply in supplies]
        self._start = _days(starts, -np.inf)
        self._end = _days(ends, np.inf)
        self._stated = np.isfinite(self._start) | np.isfinite(self._end)

    def values(self, demand: Profile, today: date) -> Floats:
        """Return days shared / days wanted."""
        if not (demand.start_date or demand.end_date):
            return np.full(self._stated.size, np.nan)
        start, end = (day.toordinal() for day in window_of(demand, today))
        shared = np.minimum(self._end, end) - np.maximum(self._start, start) + 1
        return np.where(self._stated, np.clip(shared / (end - start + 1), 0.0, 1.0), np.nan)

    def missing(self, demand: Profile, supply: Profile) -> tuple[str, ...]:
        """Name the dates of the demand, and of an offer."""
        offer = supply.kind == "offer"
        return _silent(
            not (demand.start_date or demand.end_date),
            offer and not (supply.start_date or supply.end_date),
            "dates",
        )

    def detail(self, demand: Profile, supply: Profile) -> Pairs:
        """Name the offer's dates."""
        if supply.kind != "offer":
            return ()
        return (("start", str(supply.start_date or "")), ("end", str(supply.end_date or "")))


def window_of(demand: Profile, today: date) -> tuple[date, date]:
    """Return when a demand wants its answer: from its start, or today, until its end, or a year after its start."""
    start = demand.start_date or min(today, demand.end_date or today)
    return start, max(demand.end_date or start + timedelta(days=365), start)


class Freshness:
    """Freshness: 1 for a supply confirmed today, halved with every half-life that has passed since."""

    name: ClassVar[str] = "freshness"
    reads: ClassVar[tuple[str, ...]] = ("confirmed_date",)

    def __init__(self, supplies: Sequence[Profile], geography: Geography, config: Config) -> None:
        self._confirmed = _days([supply.confirmed_date for supply in supplies], np.nan)
        self._half_life = config.half_life_days

    def values(self, demand: Profile, today: date) -> Floats:
        """Return 0.5 ** (age / half-life)."""
        age: Floats = np.maximum(today.toordinal() - self._confirmed, 0.0)
        return np.power(0.5, age / self._half_life)

    def missing(self, demand: Profile, supply: Profile) -> tuple[str, ...]:
        """Name the supply's confirmation."""
        return ("supply.confirmed_date",) * (supply.confirmed_date is None)

    def detail(self, demand: Profile, supply: Profile) -> Pairs:
        """Name the day of the last confirmation."""
        return (("date", str(supply.confirmed_date or "")),)


def _days(dates: Sequence[date | None], unknown: float) -> Floats:
    return np.array([day.toordinal() if day else unknown for day in dates], dtype=np.float64)


SIGNALS: tuple[type[Signal], ...] = (Sdg, Sector, Context, Modality, Preference, Window, Language, Freshness)
