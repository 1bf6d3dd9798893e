"""From a word to its stem: Snowball for five languages, a light stemmer of our own for Arabic."""

from __future__ import annotations

import re
from typing import Final, Protocol, cast

import snowballstemmer

from matching.engine.analysis.normalise import fold, normalise
from matching.engine.analysis.stopwords import STOP_WORDS


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the library's own name


_SNOWBALL: Final[dict[str, _Stemmer]] = {
    language: cast("_Stemmer", snowballstemmer.stemmer(name))
    for language, name in (
        ("en", "english"),
        ("fr", "french"),
        ("es", "spanish"),
        ("pt", "portuguese"),
        ("ru", "russian"),
    )
}
_STOP: Final = {language: frozenset(normalise(word) for word in found) for language, found in STOP_WORDS.items()}
_ELISION: Final = re.compile(r"^(?:jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu|qu|[cdjlmnst])'(?=\w)")
_POSSESSIVE: Final = re.compile(r"'s?$|'(?=s$)")

# British spelling stands for both; keys and values are Snowball stems.
_SPELLINGS: Final = {
    "aluminum": "aluminium", "analyz": "analys", "artefact": "artifact", "catalog": "catalogu", "catalyz": "catalys",
    "center": "centr", "check": "chequ", "color": "colour", "defens": "defenc", "dialog": "dialogu",
    "enrollment": "enrol", "fiber": "fibr", "fulfil": "fulfill", "gray": "grey", "harbor": "harbour",
    "labor": "labour", "license": "licenc", "licens": "licenc", "liter": "litr", "meter": "metr", "mold": "mould",
    "neighbor": "neighbour", "neighborhood": "neighbourhood", "offens": "offenc", "practis": "practic",
    "program": "programm", "sulfur": "sulphur", "theater": "theatr", "tire": "tyre", "traveler": "travel",
    "behavior": "behaviour", "favor": "favour", "endeavor": "endeavour", "vapor": "vapour", "age": "age",
    "aging": "age", "skeptic": "sceptic", "judgment": "judgement", "plow": "plough", "tumor": "tumour",
    "counsel": "counsel", "counselor": "counsel", "counsellor": "counsel", "maneuv": "manoeuvr",
    "orthoped": "orthopaed",
}  # fmt: skip
_ISE: Final = re.compile(r"(?<=[a-z]{3})iz(?=$|at|ing)")
_AE: Final = re.compile(r"(?:^an|^h|^p|^gyn|^arch|leuk|orthop)ae(?=m|sth|d|c|ol)")

# Words that Snowball takes for another: house for case, isolated patients for remote places, a utility for any use.
_APART: Final = (
    {(language, word): "casa" for language in ("es", "pt") for word in ("casa", "casas")}
    | {
        (language, word): word
        for language, word in (("en", "isolation"), ("fr", "isolement"), ("es", "aislamiento"), ("pt", "isolamento"))
    }
    | {
        ("en", word): kept
        for kept, found in (
            ("utility", ("utility", "utilities")),
            ("setting", ("setting", "settings")),
            ("initiative", ("initiative", "initiatives")),
        )
        for word in found
    }
)

# Arabic, after normalise(): particles that may stand before the article, and endings of number, gender, possession.
_AR_ARTICLE: Final = re.compile(r"^(?:[وف]?(?:[بك]?ال|لل)|و?ال)(?=..)")
_AR_PARTICLES: Final = ("و", "ف", "ب", "ل", "ك", "س", "وب", "ول", "وك", "فب", "فل", "وس", "فس")
_AR_PRONOUNS: Final = ("هما", "كما", "هم", "هن", "ها", "كم", "نا", "ه", "ي", "ك")
_AR_SUFFIXES: Final = ("ات", "ان", "ون", "ين", "تين", "تان", "يه", "ه", "ي")


def is_stop_word(word: str, language: str) -> bool:
    """Say whether a word, normalised and in lower case, is a function word of the language."""
    return word in _STOP.get(language, ())


def bare(word: str, language: str) -> str:
    """Return the lower-case word without French elision or English possessive."""
    if "'" not in word:
        return word
    if language in ("fr", "pt", "es"):
        return _ELISION.sub("", word)
    return _POSSESSIVE.sub("", word)


def stem(word: str, language: str) -> str:
    """Return the usual stem of a bare, lower-case, normalised word."""
    return stems(word, language)[0]


def stems(word: str, language: str) -> tuple[str, ...]:
    """Return the stems a word may have, the most usual first; a vocabulary decides among them."""
    if language == "ar":
        return _arabic(word)
    stemmer = _SNOWBALL.get(language)
    if stemmer is None:
        return (word,)
    if (language, word) in _APART:
        return (_APART[language, word],)
    if language == "fr" and len(word) > 3:
        word = word.removesuffix("s")  # Snowball reads "petit" and "petits" as two words
    found = fold(stemmer.stemWord(word)) or word
    return (_english(found) if language == "en" else found,)


def _english(found: str) -> str:
    """Bring American and British spelling together."""
    found = _SPELLINGS.get(found, found)
    found = _ISE.sub("is", found)
    return _AE.sub(lambda match: match.group().replace("ae", "e"), found)


def _arabic(word: str) -> tuple[str, ...]:
    """Strip article and particles, then endings; also list readings of prefixed letters as particles."""
    without = _AR_ARTICLE.sub("", word)
    readings = [without]
    if without == word:
        readings += [word[len(p) :] for p in _AR_PARTICLES if word.startswith(p) and len(word) - len(p) >= 3]
    readings += [
        reading[: -len(p)]
        for reading in tuple(readings)
        for p in _AR_PRONOUNS
        if reading.endswith(p) and len(reading) - len(p) >= 3
    ]
    return tuple(dict.fromkeys(_arabic_ending(reading) for reading in readings))


def _arabic_ending(word: str) -> str:
    """Drop one ending when three letters stay; an open t before a pronoun is the closed one."""
    for suffix in _AR_SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word[:-1] if word.endswith("ت") and len(word) >= 5 else word
