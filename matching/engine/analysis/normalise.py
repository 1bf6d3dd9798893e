"""One spelling for what is the same word: Unicode forms, quotes, Arabic and Russian variants."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_QUOTES: Final = dict.fromkeys(map(ord, "’‘ʼ`´′＇"), "'")
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_INVISIBLE: Final = dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF))
_LIGATURES: Final = {ord("œ"): "oe", ord("æ"): "ae", ord("Œ"): "OE", ord("Æ"): "AE"}
_RUSSIAN: Final = {ord("ё"): "е", ord("Ё"): "Е"}
_ARABIC: Final = {
    0x640: None,  # tatweel
    0x670: None,  # superscript alef
    **dict.fromkeys(range(0x64B, 0x660)),  # vowel marks
    **dict.fromkeys(map(ord, "أإآٱ"), "ا"),
    **dict.fromkeys(map(ord, "ؤئ"), "ء"),
    ord("ى"): "ي",
    ord("ی"): "ي",
    ord("ک"): "ك",
    ord("ة"): "ه",
}
_DIGITS: Final = {
    **{zero + digit: str(digit) for zero in (0x660, 0x6F0) for digit in range(10)},
    0x66B: ".",
    0x66C: ",",
}
_TABLE: Final = {**_DIGITS, **_QUOTES, **_DASHES, **_INVISIBLE, **_LIGATURES, **_RUSSIAN, **_ARABIC}
_STRESS: Final = re.compile("(?<=[аеиоуыэюяАЕИОУЫЭЮЯ])\u0301")


def compose(text: str) -> str:
    """Return the text with its characters composed (NFKC), as the reader sees it."""
    return unicodedata.normalize("NFKC", text)


def normalise(word: str) -> str:
    """Return a composed word or text in one spelling; case is kept, because acronyms need it."""
    if word.isascii():
        return word
    return _STRESS.sub("", word.translate(_TABLE))


def fold(word: str) -> str:
    """Drop the accents of Latin letters, so that words typed without them still meet."""
    if word.isascii():
        return word
    if not "a" <= word[0] <= "ɏ":
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
