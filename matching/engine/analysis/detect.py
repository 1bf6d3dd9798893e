"""The language of a text that does not say: its script first, then py3langid."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from matching.engine.analysis.words import script_of

FALLBACK: Final = "en"  # the pivot: a text without letters loses nothing when it is read as English
_LATIN: Final = ("en", "fr", "es", "pt")
_SAMPLE: Final = 2000  # characters; more does not change the answer


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(_LATIN))
    return identifier


def detect(text: str) -> str:
    """Return one of the seven languages; English for a text without letters of any of them."""
    sample = text[:_SAMPLE]
    scripts = Counter(_script(letter) for letter in sample if letter.isalpha())
    # One Chinese character says about as much as three letters.
    votes = {
        "zh": 3 * scripts["han"],
        "ar": scripts["arabic"],
        "ru": scripts["cyrillic"],
        "latin": scripts["latin"],
    }
    best = max(votes, key=lambda name: votes[name])
    if not votes[best]:
        return FALLBACK
    if best != "latin":
        return best
    return str(_identifier().classify(sample)[0])


def _script(letter: str) -> str:
    return "han" if "\u3400" <= letter <= "\u9fff" else script_of(letter)
