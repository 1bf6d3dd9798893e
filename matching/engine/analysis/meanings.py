"""What a phrase or word means as weighted English stems, from what is surest to what is least sure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Final, Literal, NamedTuple

from matching.engine.analysis.cognates import Cognates
from matching.engine.analysis.grams import grams
from matching.engine.analysis.names import sound
from matching.engine.analysis.parts import learn_parts
from matching.engine.analysis.phrases import Weighted, compile_glossary
from matching.engine.analysis.relatives import Relatives
from matching.engine.glossary import Glossary
from matching.engine.lexicon import WordTable

OWN_SHARE: Final = 0.5  # of an English phrase's weight that stays with its own words
WORDS_SHARE: Final = 0.25  # of a phrase's weight that goes to what its words mean alone
RELATIVE_SHARE: Final = 0.5  # of an unknown word's weight that goes to known words which begin like it
COGNATE_SHARE: Final = 0.5  # of an unknown word's weight that goes to English words which are spelt like it
SOUND_SHARE: Final = 0.5  # of a wholly unknown word's weight that goes to its sound, for names in other scripts

REMEMBERED: Final = 50_000  # words, and phrases; then all are forgotten: strangers may send new ones without end

Guess = Literal["relatives", "cognates", "sound"]
GUESSES: Final[tuple[Guess, ...]] = ("relatives", "cognates", "sound")
"""What an unknown word may share its weight with, the surest first."""


class Meaning(NamedTuple):
    """Be the features of a phrase: weights sum to 1; ``bridged`` unless it could only stand for itself.

    ``grams`` come on top: the n-grams of a word that is not bridged.
    """

    features: Weighted
    bridged: bool
    grams: tuple[str, ...] = ()


class Meanings:
    """Look phrases up in the glossary, its parts and the learned table; what was found is remembered for a while."""

    def __init__(self, glossary: Glossary, lexicon: WordTable, without: frozenset[Guess] = frozenset()) -> None:
        self._without = without
        self.phrases, self._pivots = compile_glossary(glossary)
        self._concepts = tuple(glossary.concepts.values())
        self._lexicon = lexicon
        self._parts: dict[str, WordTable] = {}
        self._relatives: dict[str, Relatives] = {}
        self._meanings: dict[tuple[str, tuple[str, ...]], Meaning] = {}

    def of(self, language: str, key: tuple[str, ...]) -> Meaning:
        """Return what the stems of a phrase, or of one word, mean in a language."""
        memo = (language, key)
        meaning = self._meanings.get(memo)
        if meaning is None:
            translated = self._phrase(language, key) if len(key) > 1 else self._word(language, key[0])
            meaning = Meaning(translated, bridged=True) if translated else self._unknown(language, key[0])
            if len(self._meanings) >= REMEMBERED:
                self._meanings.clear()
            self._meanings[memo] = meaning
        return meaning

    def _phrase(self, language: str, key: tuple[str, ...]) -> Weighted:
        """Mix what a phrase means as a whole with what its words mean alone."""
        whole = self._form(language, key)
        if not whole or language == "zh":
            return whole
        shares = defaultdict(float, {english: share * (1 - WORDS_SHARE) for english, share in whole})
        for stem in key:
            for english, share in self._word(language, stem) or (("s:" + stem, 1.0),):
                shares[english] += share * WORDS_SHARE / len(key)
        return tuple(shares.items())

    def _form(self, language: str, key: tuple[str, ...]) -> Weighted:
        """Spread a form of the glossary over the English stems of its concepts."""
        own = OWN_SHARE if language == "en" else 0.0
        shares: dict[str, float] = defaultdict(float)
        for concept, share in self.phrases[language].meanings.get(key, ()):
            for stem, part in self._pivots[concept]:
                shares["s:" + stem] += share * part * (1 - own)
        if shares and own:
            for stem in key:
                shares["s:" + stem] += own / len(key)
        return tuple(shares.items())

    def _word(self, language: str, stem: str) -> Weighted:
        """Translate a word: as a form by itself, else as a part of forms, else by the learned table."""
        form = self._form(language, (stem,))
        if form:
            return form
        parts = self._parts_of(language).translations(language, stem)
        return tuple(("s:" + found, share) for found, share in parts or self._lexicon.translations(language, stem))

    def _unknown(self, language: str, stem: str) -> Meaning:
        """Let a word stand for itself and for what begins, is spelt or sounds like it, in this order."""
        if language == "zh":
            return Meaning((("s:" + stem, 1.0),), bridged=False)
        guesses = {"relatives": self._by_relatives, "cognates": self._by_cognates, "sound": self._by_sound}
        shares: Mapping[str, float] = {}
        for guess in GUESSES:
            if not shares and guess not in self._without:
                shares = guesses[guess](language, stem)
        return Meaning(tuple(shares.items()) or (("s:" + stem, 1.0),), bridged=False, grams=grams(stem))

    def _by_relatives(self, language: str, stem: str) -> dict[str, float]:
        """Share a word's weight with known words of its language that begin like it."""
        relatives = self._relatives_of(language).of(stem)
        if not relatives:
            return {}
        shares = defaultdict(float, {"s:" + stem: 1 - RELATIVE_SHARE})
        for relative in relatives:
            translated = () if language == "en" else self._word(language, relative)
            for key, share in translated or (("s:" + relative, 1.0),):
                shares[key] += share * RELATIVE_SHARE / len(relatives)
        return shares

    def _by_cognates(self, language: str, stem: str) -> dict[str, float]:
        """Share a word's weight with English words that are spelt like it."""
        cognates = () if language == "en" else self._cognates.of(stem)
        if not cognates:
            return {}
        shares = defaultdict(float, {"s:" + stem: 1 - COGNATE_SHARE})
        for english in cognates:
            shares["s:" + english] += COGNATE_SHARE / len(cognates)
        return shares

    def _by_sound(self, language: str, stem: str) -> dict[str, float]:
        """Share a word's weight with its sound, save of a word that some phrase knows."""
        heard = "" if stem in self.phrases[language].vocabulary else sound(stem)
        return {"s:" + stem: 1 - SOUND_SHARE, "s:~" + heard: SOUND_SHARE} if heard else {}

    @cached_property
    def _cognates(self) -> Cognates:
        return Cognates(self.phrases["en"].vocabulary)

    def _parts_of(self, language: str) -> WordTable:
        if language not in self._parts:
            self._parts[language] = WordTable() if language == "en" else learn_parts(language, self._concepts)
        return self._parts[language]

    def _relatives_of(self, language: str) -> Relatives:
        if language not in self._relatives:
            phrases = self.phrases[language]
            words = {key[0] for key in phrases.meanings if len(key) == 1}
            parts = {stem for _, stem in self._parts_of(language).entries}
            self._relatives[language] = Relatives(phrases.vocabulary if language == "en" else words | parts)
        return self._relatives[language]
