"""English words spelt like an unknown word of another language: "hemodiálisis" and "hemodialysis".

A word is written in Latin letters and in a spelling that languages share; two words are cognates when their character
n-grams are alike above a threshold (Dice's coefficient; Simard, Foster and Isabelle, "Using cognates to align
sentences in bilingual corpora", 1992, for the idea). Arabic leaves its vowels out and is compared by sound instead.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from matching.engine.analysis.normalise import fold
from matching.engine.analysis.words import script_of

SIZE: Final = 2  # letters of an n-gram
SHORTEST: Final = 5  # letters; shorter words are alike by chance
ALIKE: Final = 0.9  # on the glossary's own single words, more than five of six pairs this near mean the same

_CYRILLIC: Final = str.maketrans("абвгдежзийклмнопрстуфхцчшщыэюяё", "abvgdezziiklmnoprstufhccssieuae", "ъь")
_SPELLINGS: Final = tuple(
    (re.compile(spelling), shared)
    for spelling, shared in (
        ("ph", "f"), ("th", "t"), ("rh", "r"), ("ch", "c"), ("sh", "s"), ("qu|q|ck|c(?=[aoulrt]|$)", "k"),
        ("[cz]", "s"), ("x", "ks"), ("y", "i"), ("w", "v"), ("j", "g"), ("h", ""), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


class Cognates:
    """Find the words of an English vocabulary that are spelt like a given word."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._words = sorted({word for word in vocabulary if word.isalpha() and len(word) >= SHORTEST})
        self._grams = [_grams(word) for word in self._words]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, found in enumerate(self._grams):
            for gram in found:
                self._holders[gram].append(number)

    def of(self, word: str) -> tuple[str, ...]:
        """Return the nearest cognates, several when they are equally near, none when nothing is near enough."""
        if len(word) < SHORTEST or script_of(word) not in ("latin", "cyrillic"):
            return ()
        own = _grams(word)
        shared = Counter(number for gram in own for number in self._holders.get(gram, ()))
        likeness = {number: 2 * common / (len(own) + len(self._grams[number])) for number, common in shared.items()}
        nearest = max(likeness.values(), default=0.0)
        return tuple(self._words[number] for number in sorted(likeness) if likeness[number] == nearest >= ALIKE)


def _grams(word: str) -> frozenset[str]:
    """Return the n-grams of a word's shared spelling, its beginning marked."""
    spelt = fold(word).translate(_CYRILLIC)
    for spelling, shared in _SPELLINGS:
        spelt = spelling.sub(shared, spelt)
    marked = f"<{spelt}"
    return frozenset(marked[place : place + SIZE] for place in range(len(marked) - SIZE + 1))
