"""Facets as codes: supplies that state the same things share a code, so that a demand is compared once with each."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter

import numpy as np

from matching.engine.constraints import LIMITS, Limit
from matching.engine.features import SIGNALS, Signal
from matching.engine.kernel import Codes, Floats, Tables
from matching.engine.types import Config, Geography, Profile

PARTS: tuple[type[Signal] | type[Limit], ...] = (*SIGNALS, *LIMITS)
FIELDS: tuple[str, ...] = tuple(f"{part.name}: {', '.join(part.reads)}" for part in PARTS)
SILENT = Profile(id="", kind="solution", title="")


@dataclass(frozen=True, slots=True, eq=False)
class Facets:
    """Hold the codes of N supplies: F x N, in the order of PARTS; ``statements``: what each code stands for, by facet.

    A statement is a profile that says nothing but what the facet reads.
    """

    codes: Codes
    statements: tuple[Sequence[Profile], ...]

    @classmethod
    def of(cls, supplies: Sequence[Profile]) -> Facets:
        """Code supplies by all that signals and limits read of them."""
        readers = [attrgetter(*part.reads) for part in PARTS]
        known: list[dict[Hashable, int]] = [{} for _ in readers]
        codes = np.empty((len(readers), len(supplies)), dtype=np.int32)
        for row, supply in enumerate(supplies):
            for facet, reader in enumerate(readers):
                codes[facet, row] = known[facet].setdefault(reader(supply), len(known[facet]))
        return cls(codes, tuple(_statements(part.reads, found) for part, found in zip(PARTS, known, strict=True)))


def _statements(fields: tuple[str, ...], values: Iterable[Hashable]) -> list[Profile]:
    rows = ((value,) if len(fields) == 1 else value for value in values)
    return [replace(SILENT, **dict(zip(fields, row, strict=True))) for row in rows]  # type: ignore[call-overload]  # fields are named in FIELDS


class Comparison:
    """Compare a demand with every distinct statement of a segment's supplies."""

    def __init__(self, facets: Facets, geography: Geography, config: Config) -> None:
        self.facets = facets
        self._config = config
        self._signals: list[Signal | None] = [
            signal(list(found), geography, config) if config.weights.get(signal.name) else None
            for signal, found in zip(SIGNALS, facets.statements, strict=False)
        ]
        self._limits: list[Limit] = [
            limit(list(found), geography)
            for limit, found in zip(LIMITS, facets.statements[len(SIGNALS) :], strict=True)
        ]
        self._sizes = [len(found) for found in facets.statements]

    def values(self, demand: Profile, today: date) -> dict[str, Floats]:
        """Return what each signal that counts gives each of its codes; NaN where a record is silent."""
        return {signal.name: signal.values(demand, today) for signal in self._signals if signal}

    def tables(self, values: Mapping[str, Floats], demand: Profile, today: date) -> Tables:
        """Return what each code contributes to a total; minus infinity where a limit forbids it."""
        signals = [
            self._config.weights[signal.name] * self._spoken(signal, values[signal.name]) if signal else np.zeros(size)
            for signal, size in zip(self._signals, self._sizes, strict=False)
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
