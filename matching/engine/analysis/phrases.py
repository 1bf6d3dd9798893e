"""The glossary made ready for reading texts: its forms as stems, its meanings as English stems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from matching.engine.analysis.normalise import compose, normalise
from matching.engine.analysis.stems import bare, is_stop_word, stem
from matching.engine.analysis.words import language_of_word, words
from matching.engine.glossary import LANGUAGES, Concept, Glossary

LONGEST: Final = 6  # content words
PIVOT_DECAY: Final = 0.5  # what each further English form weighs, measured against the one before
Weighted = tuple[tuple[str, float], ...]


@dataclass(slots=True)
class Phrases:
    """Hold one language's forms: stems (characters in Chinese) to weighted concepts; weights sum to 1."""

    meanings: dict[tuple[str, ...], Weighted] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)  # by first stem, in tokens
    vocabulary: frozenset[str] = frozenset()

    @classmethod
    def of(cls, language: str, concepts: Iterable[Concept]) -> Phrases:
        """Compile the forms of a language; a form of several concepts is shared, usual forms weigh more."""
        shares: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
        for concept in concepts:
            for position, form in enumerate(concept.forms[language]):
                key = form_stems(form, language)
                if 0 < len(key) <= LONGEST or (key and language == "zh"):
                    shares[key].setdefault(concept.id, 1 / (1 + position))
        longest: dict[str, int] = {}
        for key in shares:
            longest[key[0]] = max(len(key), longest.get(key[0], 0))
        return cls(
            meanings={key: _normed(found) for key, found in shares.items()},
            longest=longest,
            vocabulary=frozenset(token for key in shares for token in key),
        )


def compile_glossary(glossary: Glossary) -> tuple[dict[str, Phrases], dict[str, Weighted]]:
    """Return each language's phrases and each concept's English stems.

    The weights of one concept sum to 1. A concept of English function words alone means nothing and is left out.
    """
    pivots = {concept.id: pivot for concept in glossary.concepts.values() if (pivot := _pivot(concept))}
    concepts = [glossary.concepts[key] for key in pivots]
    return {language: Phrases.of(language, concepts) for language in LANGUAGES}, pivots


def _pivot(concept: Concept) -> Weighted:
    """Spread a concept over the stems of its English forms, the usual form first."""
    shares: dict[str, float] = defaultdict(float)
    for position, form in enumerate(concept.forms["en"]):
        found = form_stems(form, "en")
        for token in found:
            shares[token] += PIVOT_DECAY**position / len(found)
    return _normed(shares)


@cache
def form_stems(form: str, language: str) -> tuple[str, ...]:
    """Return the stems of a form without its function words; of a Chinese form its characters."""
    result: list[str] = []
    for word in words(compose(form)):
        if word.script == "han":
            result.extend(word.text)
        elif word.script == "number":
            result.append(normalise(word.text))
        elif word.script != "break":
            if is_acronym(word.text):
                result.append("=" + word.text.lower())
                continue
            read_as = language_of_word(word.script, language)
            plain = bare(normalise(word.text).lower(), read_as)
            if not is_stop_word(plain, read_as):
                result.append(stem(plain, read_as))
    return tuple(result)


def is_acronym(word: str) -> bool:
    """Say whether a word is written as an acronym: two to eight capitals or digits, a plural s allowed."""
    core = word[:-1] if word.endswith("s") and len(word) > 2 else word
    return 2 <= len(core) <= 8 and core.isupper() and core.isalnum()


def _normed(shares: dict[str, float]) -> Weighted:
    total = sum(shares.values())
    return tuple((key, share / total) for key, share in shares.items())
