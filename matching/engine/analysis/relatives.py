"""Known words that begin like an unknown one: "pesquero" for "pesquera", "вакцина" for "вакцинный"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

BEGINNING: Final = 4  # letters that relatives must share at least
ALIKE: Final = 0.6  # of the longer stem that they must share


class Relatives:
    """Find the stems of a vocabulary that share most of their beginning with a given one."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._by_beginning: dict[str, list[str]] = defaultdict(list)
        for stem in sorted(set(vocabulary)):
            if len(stem) >= BEGINNING:
                self._by_beginning[stem[:BEGINNING]].append(stem)

    def of(self, stem: str) -> tuple[str, ...]:
        """Return the nearest relatives, several when they are equally near, none when nothing is near."""
        likeness = {
            other: _shared(stem, other) / max(len(stem), len(other))
            for other in self._by_beginning.get(stem[:BEGINNING], ())
            if other != stem
        }
        nearest = max(likeness.values(), default=0.0)
        return tuple(other for other, value in likeness.items() if value == nearest >= ALIKE)


def _shared(left: str, right: str) -> int:
    """Count the letters that two stems share from the beginning."""
    for place, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return place
    return min(len(left), len(right))
