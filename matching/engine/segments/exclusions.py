"""The supplies that were kept out of a ranking, and why: worked out when somebody reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import overload

import numpy as np

from matching.engine.constraints import exclusion
from matching.engine.kernel import Rows
from matching.engine.segments.segment import Segment
from matching.engine.types import Exclusion, Geography, Profile


@dataclass(frozen=True, slots=True, eq=False)
class Exclusions(Sequence[Exclusion]):
    """List the exclusions of a demand by the id of the supply; ``rows``: those that are forbidden, by segment."""

    demand: Profile
    rows: Sequence[tuple[Segment, Rows]]
    geography: Geography
    today: date
    _listed: list[tuple[Exclusion, ...]] = field(default_factory=list)

    def of(self, supply_id: str) -> Exclusion | None:
        """Return why one supply was kept out, without working out the others; None when it was not."""
        for segment, rows in self.rows:
            row = segment.supplies.row_of(supply_id)
            if row is not None and np.isin(row, rows):
                return self._why(segment, row)
        return None

    def __len__(self) -> int:
        return sum(rows.size for _, rows in self.rows)

    @overload
    def __getitem__(self, index: int) -> Exclusion: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Exclusion, ...]: ...

    def __getitem__(self, index: int | slice) -> Exclusion | tuple[Exclusion, ...]:
        """Return one exclusion, or several."""
        return self._all()[index]

    def __eq__(self, other: object) -> bool:
        """Equal any sequence of the same exclusions."""
        return isinstance(other, Sequence) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())

    def _all(self) -> tuple[Exclusion, ...]:
        if not self._listed:
            found = (self._why(segment, row) for segment, rows in self.rows for row in rows.tolist())
            self._listed.append(tuple(sorted(found, key=lambda excluded: excluded.supply_id)))
        return self._listed[0]

    def _why(self, segment: Segment, row: int) -> Exclusion:
        """Return the reason in words. Raises AssertionError if the limits and the constraints ever disagree."""
        found = exclusion(self.demand, segment.supplies.profiles[row], self.geography, self.today)
        if found is None:
            raise AssertionError(f"{segment.supplies.ids[row]} is forbidden for no reason")
        return found
