"""The reverse index: which demands a new, changed or removed supply touches, without ranking them all.

A ranking looks at its best places down to an edge; what stands behind changes nothing in it. So a removed supply
touches the demands that looked at it, and a new one those whose edge it passes. The terms of a supply are added up over
the demands that ask for them, as a query's are over supplies. The sum bounds the total from above, since facets add no
more than their weights; the few demands left are scored exactly, by the ranker itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import scipy.sparse as sp

from matching.engine.features import goals_of, sectors_of
from matching.engine.kernel import Floats, Postings, form_for, spread
from matching.engine.segments.counts import Document
from matching.engine.segments.segment import Segment
from matching.engine.shares import Shares, once
from matching.engine.types import Profile

if TYPE_CHECKING:
    from matching.engine.ranker import Ranker

MARGIN: Final = 1e-4  # of a total; float32 sums differ by far less from what the ranker adds up
YOUNG: Final = 64  # demands that came or changed since the postings were made; they are scored without a bound

SHARED: Final[Mapping[str, Callable[[Profile], Iterable[Hashable]]]] = {
    "sdg": lambda profile: [goal for goal, confidence in goals_of(profile).items() if confidence],
    "sector": sectors_of,
    "modality": lambda profile: profile.modalities,
    "language": lambda profile: profile.working_languages,
}
"""Signals that are worth nothing where both records state codes and share none, and the codes they compare."""

Edge = tuple[float, str]
"""The last place that a ranking looked at: its total, negative, and its supply's id."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Hold what a demand's ranking rests on: the weights of its terms, and how far it looked; no edge: at everything.

    ``demand`` may come without its texts; ``found`` is what analysis made of them.
    """

    demand: Profile
    found: Document
    weights: Mapping[str, float]
    scale: float
    edge: Edge | None
    looked_at: tuple[str, ...]

    def takes(self, edge: Edge) -> bool:
        """Tell whether a supply at this place would be looked at."""
        return self.edge is None or edge < self.edge


class Reverse:
    """Find the demands that changes of supplies touch; the standings are those of one day."""

    def __init__(self, standings: Iterable[Standing], ranker: Ranker, *, today: date) -> None:
        self.today = today
        self._ranker = ranker
        self._standings = {standing.demand.id: standing for standing in standings}
        self._lookers: defaultdict[str, set[str]] = defaultdict(set)
        for standing in self._standings.values():
            self._look(standing)
        self._settle()

    def follow(self, ranker: Ranker) -> None:
        """Read supplies from another ranker over the same generation, which has further changes."""
        self._ranker = ranker

    def renew(self, standing: Standing) -> None:
        """Take in a demand that came, changed or was ranked again."""
        name = standing.demand.id
        before = self._standings.get(name)
        self.drop(name, keep_row=before is not None and before.weights == standing.weights)
        self._standings[name] = standing
        self._look(standing)
        if name in self._row_of:
            self._edges[self._row_of[name]] = _least(standing)
        elif len(self._young) < YOUNG:
            self._young.add(name)
        else:
            self._settle()

    def drop(self, demand_id: str, *, keep_row: bool = False) -> None:
        """Forget a demand; one that is not here is passed over."""
        standing = self._standings.pop(demand_id, None)
        if standing is None:
            return
        for supply_id in standing.looked_at:
            self._lookers[supply_id].discard(demand_id)
        if not keep_row:
            self._young.discard(demand_id)
            row = self._row_of.pop(demand_id, None)
            if row is not None:
                self._edges[row] = np.inf

    def touched(self, supply_ids: Iterable[str]) -> list[str]:
        """Return the demands whose ranking supplies enter or leave, by id; the ranker has the changes already."""
        found: set[str] = set()
        for supply_id in supply_ids:
            found |= self._lookers.get(supply_id, set())
            for segment in self._ranker.segments_:
                row = segment.row_of(supply_id)
                if row is not None:
                    found.update(name for name in self._near(segment, row) - found if self._enters(name, segment, row))
        return sorted(found)

    def _near(self, segment: Segment, row: int) -> set[str]:
        """Return the demands that a supply might reach, by what its text is worth and all that facets can add."""
        terms, weights = segment.index.weights(row)
        keys = [segment.index.counts.keys[int(term)] for term in terms]
        columns = np.array([self._columns.get(key, -1) for key in keys], dtype=np.int64)
        known = columns >= 0
        form = form_for(self._postings.size)
        sums = form.sums(self._postings, [(columns[known], weights[known].astype(np.float32))])[0]
        config = self._ranker.config
        texts = spread(sums, self._scales, np.float32(config.text_half))
        most = config.weights["text"] * texts.astype(np.float64) + self._facets(segment.supplies.profiles[row]) + MARGIN
        return {self._names[place] for place in np.flatnonzero(most >= self._edges).tolist()} | self._young

    def _facets(self, supply: Profile) -> Floats:
        """Return the most that facets can add for each demand: where nothing is shared, or a record is silent, less."""
        config = self._ranker.config
        most = np.full(len(self._names), sum(config.weights.values()) - config.weights["text"])
        for feature, shares in self._shares.items():
            held = once(SHARED[feature](supply))
            value = np.where(shares.overlap(held) > 0, 1.0, 0.0 if held else config.neutral[feature])
            value[~shares.stated] = config.neutral[feature]
            most -= config.weights[feature] * (1.0 - value)
        return most

    def _enters(self, demand_id: str, segment: Segment, row: int) -> bool:
        standing = self._standings[demand_id]
        asked = segment.index.query(standing.weights, standing.scale)
        total = float(segment.score(standing.demand, asked, self.today).totals[row])
        return total > -np.inf and standing.takes((-total, segment.supplies.ids[row]))

    def _look(self, standing: Standing) -> None:
        for supply_id in standing.looked_at:
            self._lookers[supply_id].add(standing.demand.id)

    def _settle(self) -> None:
        """Make the postings again, with every demand in them."""
        self._names = list(self._standings)
        self._row_of = {name: row for row, name in enumerate(self._names)}
        self._young: set[str] = set()
        held = self._standings.values()
        self._edges = np.array([_least(standing) for standing in held], dtype=np.float64)
        self._scales = np.array([standing.scale or 1.0 for standing in held], dtype=np.float32)
        self._columns: dict[str, int] = {}
        columns = [self._columns.setdefault(key, len(self._columns)) for found in held for key in found.weights]
        weights = np.array([weight for found in held for weight in found.weights.values()], dtype=np.float32)
        starts = np.cumsum([0, *(len(found.weights) for found in held)])
        matrix = sp.csr_array((weights, columns, starts), shape=(len(self._names), max(len(self._columns), 1))).tocsc()
        self._postings = Postings(
            matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data, len(self._names)
        )
        self._shares = {
            feature: Shares(once(codes(standing.demand)) for standing in held)
            for feature, codes in SHARED.items()
            if self._ranker.config.weights.get(feature)
        }


def _least(standing: Standing) -> float:
    """Return the total that a supply must have at least to be looked at."""
    return -np.inf if standing.edge is None else -standing.edge[0]
