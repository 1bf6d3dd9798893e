"""A learned word table: what the stems of a language mean as English stems, each with its probability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Weighted = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class WordTable:
    """Hold, by language and stem, English stems with weights that sum to 1."""

    entries: Mapping[tuple[str, str], Weighted] = field(default_factory=dict)

    def translations(self, language: str, stem: str) -> Weighted:
        """Return the English stems of a stem; nothing when the table does not know it."""
        return self.entries.get((language, stem), ())
