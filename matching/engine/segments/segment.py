"""A segment: supplies that are scored together. A generation is one; so are the changes since."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.engine.features import Signal
from matching.engine.index import Index
from matching.engine.kernel import Asked, Floats, Rows, Singles, form_for
from matching.engine.segments.counts import Counts, merge
from matching.engine.segments.facets import Comparison, Facets
from matching.engine.types import Profile


@dataclass(frozen=True, slots=True, eq=False)
class Supplies:
    """Hold N analysed supplies in the order of their ids: all that a ranking needs, and no weights yet."""

    ids: Sequence[str]
    profiles: Sequence[Profile]
    counts: Counts
    facets: Facets

    @classmethod
    def of(cls, profiles: Sequence[Profile], counts: Counts) -> Supplies:
        """Code the facets of supplies that are sorted by id; ``counts`` are their packed documents."""
        return cls([supply.id for supply in profiles], profiles, counts, Facets.of(profiles))

    def row_of(self, supply_id: str) -> int | None:
        """Return a supply's row; None when it is not here."""
        row = bisect_left(self.ids, supply_id)
        return row if row < len(self.ids) and self.ids[row] == supply_id else None


def united(parts: Sequence[Supplies]) -> Supplies:
    """Lay supplies together, in the order of their ids; no id may stand in two parts."""
    ids = [supply_id for part in parts for supply_id in part.ids]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    profiles = [profile for part in parts for profile in part.profiles]
    counts = merge([part.counts for part in parts]).take(np.array(order, dtype=np.int64))
    return Supplies.of([profiles[place] for place in order], counts)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Hold one demand against a segment: ``values`` by signal and code, ``texts`` and ``totals`` by row."""

    segment: Segment
    values: Mapping[str, Floats]
    texts: Singles
    totals: Floats
    forbidden: Rows

    def values_of(self, row: int) -> Iterator[tuple[Signal, float, bool]]:
        """Yield each signal that counts, its value for a row, and whether both records state it."""
        return self.segment.comparison.values_of(self.values, row)


class Segment:
    """Score a demand against all supplies of a segment, save those that have gone since.

    ``common``: the columns of the segment's terms among those of all segments; none when they are its own.
    """

    def __init__(self, supplies: Supplies, index: Index, comparison: Comparison, common: Rows | None = None) -> None:
        self.supplies = supplies
        self.index = index
        self.comparison = comparison
        self.common = common
        self.gone: set[int] = set()

    def __len__(self) -> int:
        return len(self.supplies.ids)

    def copy(self) -> Segment:
        """Return a segment of the same supplies, of which others may go."""
        found = Segment(self.supplies, self.index, self.comparison, self.common)
        found.gone = set(self.gone)
        return found

    def row_of(self, supply_id: str) -> int | None:
        """Return a supply's row; None when it is not here, or not any more."""
        row = self.supplies.row_of(supply_id)
        return None if row in self.gone else row

    def score(self, demand: Profile, asked: Asked, today: date) -> Scored:
        """Return the totals of all rows; minus infinity for what is forbidden or gone."""
        return self.score_all([demand], [asked], today)[0]

    def score_all(self, demands: Sequence[Profile], queries: Sequence[Asked], today: date) -> list[Scored]:
        """Return what score returns for each demand; together they take less time than one by one."""
        form = form_for(len(self))
        sums = form.sums(self.index.postings, [(asked.columns, asked.weights) for asked in queries])
        return [self._scored(*each, today) for each in zip(demands, queries, sums, strict=True)]

    def _scored(self, demand: Profile, asked: Asked, sums: Singles, today: date) -> Scored:
        values = self.comparison.values(demand, today)
        tables = self.comparison.tables(values, demand, today)
        texts, totals = form_for(len(self)).combine(sums, asked, tables)
        forbidden = np.flatnonzero(totals == -np.inf)
        if self.gone:
            gone = np.fromiter(self.gone, dtype=np.int64)
            totals[gone] = -np.inf
            forbidden = np.setdiff1d(forbidden, gone, assume_unique=True)
        return Scored(self, values, texts, totals, forbidden)

    def present(self) -> Supplies:
        """Return the supplies that have not gone."""
        if not self.gone:
            return self.supplies
        rows = [row for row in range(len(self)) if row not in self.gone]
        kept = self.supplies.profiles
        return Supplies.of([kept[row] for row in rows], self.supplies.counts.take(np.array(rows, dtype=np.int64)))

    def weights(self, row: int) -> tuple[Rows, Floats]:
        """Return the terms of a supply, as columns common to all segments, and what they weigh."""
        terms, weights = self.index.weights(row)
        return (terms.astype(np.int64) if self.common is None else self.common[terms]), weights
