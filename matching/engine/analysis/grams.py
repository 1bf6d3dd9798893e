"""Character n-grams of a word: what misspelt or inflected words of one script still share."""

from __future__ import annotations

from typing import Final

from matching.engine.analysis.words import Script

SIZE: Final = 4


def grams(word: str, script: Script) -> tuple[str, ...]:
    """Return the keys of a lower-case word's n-grams, its edges marked; bigrams of Chinese."""
    if script == "han":
        return tuple(f"g:han:{word[i : i + 2]}" for i in range(len(word) - 1))
    marked = f"<{word}>"
    if len(marked) <= SIZE:
        return (f"g:{script}:{marked}",)
    return tuple(f"g:{script}:{marked[i : i + SIZE]}" for i in range(len(marked) - SIZE + 1))
