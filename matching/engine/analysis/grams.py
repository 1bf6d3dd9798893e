"""Character n-grams of a word: what misspelt or inflected words of one script still share."""

from __future__ import annotations

from typing import Final

from matching.engine.analysis.words import script_of

SIZE: Final = 4
LONGEST: Final = 40  # letters; what is longer is no word


def grams(word: str) -> tuple[str, ...]:
    """Return the keys of a word's n-grams, its edges marked."""
    marked = f"<{word[:LONGEST]}>"
    places = range(max(len(marked) - SIZE, 0) + 1)
    return tuple(f"g:{script_of(word)}:{marked[place : place + SIZE]}" for place in places)
