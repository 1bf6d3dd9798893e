"""What words mean alone that the glossary knows only inside its phrases ("hydrique" in "stress hydrique")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from matching.engine.analysis.phrases import form_stems
from matching.engine.glossary import Concept
from matching.engine.lexicon import WordTable, learn


def learn_parts(language: str, concepts: Iterable[Concept]) -> WordTable:
    """Learn a word table from a language's forms and each concept's usual English form, as from parallel text."""
    return learn(language, _pairs(language, concepts), fewest=1)


def _pairs(language: str, concepts: Iterable[Concept]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    for concept in concepts:
        for usual in concept.forms["en"][:1]:
            english = form_stems(usual, "en")
            for form in concept.forms[language]:
                yield pieces(form) if language == "zh" else form_stems(form, language), english


def pieces(characters: str) -> list[str]:
    """Return the pairs of neighbouring characters and the single ones: Chinese words unknown to the glossary."""
    return [characters[i : i + 2] for i in range(len(characters) - 1)] + list(characters)
