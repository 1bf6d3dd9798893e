"""Words of a text, each with its script; a break stands where a phrase cannot go on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

Script = Literal["latin", "cyrillic", "arabic", "han", "other", "number", "break"]

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〇"
# Inside a word may stand vowel marks, stress marks and what only steers the line.
_MARKS: Final = "\u0300-\u036f\u0640\u064b-\u065f\u0670\u00ad\u200b-\u200d"
_LETTER: Final = rf"(?:(?![{_HAN}])[^\W_])[{_MARKS}]*"
_PATTERN: Final = re.compile(
    rf"(?P<han>[{_HAN}]+)"
    rf"|(?P<number>\d+(?:[.,٫٬]\d+)*(?![^\W_{_HAN}]))"
    rf"|(?P<word>(?:{_LETTER})+(?:['’‘ʼ`´′](?:{_LETTER})+)*)"
    r"|(?P<break>[.,;:!?()\[\]{}|•·…«»“”„\"。、，；：！？（）؟،؛*=+<>]|\n\s*\n)"
)
_LINK: Final = re.compile(rf"(?:https?://|www\.)[^\s{_HAN}]+|[\w.+-]{{1,64}}@[\w-]+(?:\.[\w-]+)+")
_SCRIPTS: Final[dict[str, Script]] = {"han": "han", "number": "number", "break": "break"}
_SCRIPT_LANGUAGE: Final[dict[str, str]] = {"latin": "en", "cyrillic": "ru", "arabic": "ar", "han": "zh"}
_LATIN_LANGUAGES: Final = frozenset({"en", "fr", "es", "pt"})


class Word(NamedTuple):
    """Be one word of a text: how it stands there, its script and its place."""

    text: str
    script: Script
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """Cut a composed text into words, numbers, runs of Chinese characters and breaks; a link is a break."""
    if "://" in text or "www." in text or "@" in text:
        text = _LINK.sub(lambda link: "." * len(link.group()), text)
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup
        found = match.group()
        script: Script = script_of(found) if kind == "word" else _SCRIPTS[kind or "break"]
        yield Word(found, script, match.start(), match.end())


def script_of(word: str) -> Script:
    """Name the script of a word by its first letter."""
    for letter in word:
        if letter.isalpha():
            if letter <= "\u024f" or "\u1e00" <= letter <= "\u1eff":
                return "latin"
            if "\u0400" <= letter <= "\u052f":
                return "cyrillic"
            if "\u0600" <= letter <= "\u06ff" or "\u0750" <= letter <= "\u077f":
                return "arabic"
            return "other"
    return "other"


def language_of_word(script: Script, language: str) -> str:
    """Say in which language to read a word: the text's own, or its script's when that cannot be."""
    if script == "latin" and language in _LATIN_LANGUAGES:
        return language
    return _SCRIPT_LANGUAGE.get(script, language)
