"""Facets as codes: supplies that state the same things share a code, so that a demand is compared once with each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.engine.constraints import LIMITS, Limit
from matching.engine.features import SIGNALS, Signal
from matching.engine.kernel import Codes, Floats, Rows, Tables
from matching.engine.types import Config, Geography, Profile

PARTS: tuple[type[Signal] | type[Limit], ...] = (*SIGNALS, *LIMITS)
NAMES: tuple[str, ...] = tuple(part.name for part in PARTS)


@dataclass(frozen=True, slots=True, eq=False)
class Facets:
    """Hold the codes of N supplies: F x N, in the order of NAMES; ``firsts``: the first row of each code."""

    codes: Codes
    firsts: tuple[Rows, ...]

    @classmethod
    def of(cls, supplies: Sequence[Profile]) -> Facets:
        """Code supplies by all that signals and limits read of them."""
        readers: list[Callable[[Profile], Hashable]] = [part.stated for part in PARTS]
        known: list[dict[Hashable, int]] = [{} for _ in readers]
        firsts: list[list[int]] = [[] for _ in readers]
        codes = np.empty((len(readers), len(supplies)), dtype=np.int32)
        for row, supply in enumerate(supplies):
            for facet, reader in enumerate(readers):
                code = known[facet].setdefault(reader(supply), len(firsts[facet]))
                if code == len(firsts[facet]):
                    firsts[facet].append(row)
                codes[facet, row] = code
        return cls(codes, tuple(np.array(rows, dtype=np.int64) for rows in firsts))


class Comparison:
    """Compare a demand with every distinct statement of a segment's supplies."""

    def __init__(self, facets: Facets, supplies: Sequence[Profile], geography: Geography, config: Config) -> None:
        self.facets = facets
        self._config = config
        distinct = [[supplies[int(row)] for row in rows] for rows in facets.firsts]
        self._signals: list[Signal | None] = [
            signal(found, geography, config) if config.weights.get(signal.name) else None
            for signal, found in zip(SIGNALS, distinct, strict=False)
        ]
        self._limits: list[Limit] = [
            limit(found, geography) for limit, found in zip(LIMITS, distinct[len(SIGNALS) :], strict=True)
        ]

    def values(self, demand: Profile, today: date) -> dict[str, Floats]:
        """Return what each signal that counts gives each of its codes; NaN where a record is silent."""
        return {signal.name: signal.values(demand, today) for signal in self._signals if signal}

    def tables(self, values: Mapping[str, Floats], demand: Profile, today: date) -> Tables:
        """Return what each code contributes to a total; minus infinity where a limit forbids it."""
        signals = [
            self._config.weights[signal.name] * self._spoken(signal, values[signal.name])
            if signal
            else np.zeros(rows.size)
            for signal, rows in zip(self._signals, self.facets.firsts, strict=False)
        ]
        limits = [np.where(limit.forbids(demand, today), -np.inf, 0.0) for limit in self._limits]
        return Tables.of(self.facets.codes, signals + limits)

    def values_of(self, values: Mapping[str, Floats], row: int) -> Iterator[tuple[Signal, float, bool]]:
        """Yield each signal that counts, its value for a row, and whether both records state it."""
        for signal, codes in zip(self._signals, self.facets.codes, strict=False):
            if signal:
                raw = values[signal.name][codes[row]]
                yield signal, float(self._spoken(signal, raw)), not np.isnan(raw)

    def _spoken(self, signal: Signal, raw: Floats) -> Floats:
        """Put the neutral value where a record is silent."""
        return np.where(np.isnan(raw), self._config.neutral[signal.name], raw)
