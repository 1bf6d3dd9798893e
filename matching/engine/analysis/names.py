"""The sound of a word in any script, coarse enough that Мадагаскар, مدغشقر and Madagascar meet."""

from __future__ import annotations

import re
from typing import Final

from matching.engine.analysis.normalise import fold

SHORTEST: Final = 3  # consonants; fewer fit too many words
LONGEST: Final = 5  # consonants; what follows may be an ending

# Consonants by what languages spell alike; vowels, h, w and y come and go between scripts.
_CLASSES: Final = {
    "b": "bp бп بپ",
    "f": "fv фв ف",
    "d": "d д دذض",
    "t": "t т تطث",
    "s": "sz жзсшщцч سشصزظجژچ",
    "k": "kqg кгх كقغخگ",
    "l": "l л ل",
    "m": "m м م",
    "n": "n н ن",
    "r": "r р ر",
}
_SOUND: Final = {ord(letter): sound for sound, letters in _CLASSES.items() for letter in letters if letter != " "}
_DIGRAPHS: Final = (
    (re.compile("sch|tch|ch|sh|дж|dj|dzh"), "s"),
    (re.compile("ph"), "f"),
    (re.compile("c(?=[eiy])|g(?=[eiy])|j"), "s"),
    (re.compile("c"), "k"),
    (re.compile("x"), "ks"),
)
_TWICE: Final = re.compile(r"(.)\1+")


def sound(word: str) -> str:
    """Return the consonants of a lower-case, normalised word as sound classes; nothing when they are too few."""
    latin = fold(word.replace("ç", "s"))
    for spelling, letter in _DIGRAPHS:
        latin = spelling.sub(letter, latin)
    heard = "".join(_SOUND.get(ord(letter), "") for letter in latin)
    heard = _TWICE.sub(r"\1", heard)
    return heard[:LONGEST] if len(heard) >= SHORTEST else ""
