"""One function turns any text into weighted features."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from matching.engine.analysis.detect import detect
from matching.engine.analysis.meanings import REMEMBERED, Guess, Meaning, Meanings
from matching.engine.analysis.normalise import compose, normalise
from matching.engine.analysis.parts import pieces
from matching.engine.analysis.phrases import LONGEST, is_acronym
from matching.engine.analysis.stems import bare, is_stop_word, stems
from matching.engine.analysis.words import Word, language_of_word, words
from matching.engine.glossary import LANGUAGES, Glossary
from matching.engine.lexicon import WordTable
from matching.engine.types import Term

NUMBER_WEIGHT: Final = 0.5
HAN_WORD: Final = 2  # Chinese characters that weigh as much as one word
LONGEST_HAN: Final = 16  # characters


class Token(NamedTuple):
    """Be one content word: its stem, the language it is read in, and its place."""

    stem: str
    language: str
    word: Word


class Segment(NamedTuple):
    """Be a stretch of text, what it weighs and what it means."""

    stems: tuple[str, ...]
    language: str
    start: int
    end: int
    weight: float
    meaning: Meaning


class Analyser:
    """Turn texts into features. What was learned of a word once is remembered for a while.

    ``without``: ways of guessing at unknown words that are left out, to measure what they are worth.
    """

    def __init__(
        self,
        glossary: Glossary | None = None,
        lexicon: WordTable | None = None,
        without: frozenset[Guess] = frozenset(),
    ) -> None:
        self.glossary = glossary or Glossary()
        self.lexicon = lexicon or WordTable()
        self._meanings = Meanings(self.glossary, self.lexicon, without)
        self._stems: dict[tuple[str, str], str] = {}

    @cached_property
    def version(self) -> str:
        """Name the words that texts are read by: equal glossaries and learned tables have equal versions."""
        if not self.lexicon.entries:
            return self.glossary.version
        learned = hashlib.sha256(repr(sorted(self.lexicon.entries.items())).encode()).hexdigest()[:12]
        return f"{self.glossary.version}-{learned}"

    def language_of(self, text: str) -> str:
        """Return the language a text is read in when none is given; English when nothing tells it."""
        return detect(compose(text))

    def analyse(self, text: str, language: str) -> tuple[Term, ...]:
        """Return the features of a text, each key once, in the order of first appearance.

        A phrase of n words weighs n, shared among its features; the n-grams of an unknown word come on top, and
        weigh 1 together. A key's surface is the wording that gave it most of its weight.
        """
        plain = compose(text)
        weights: dict[str, dict[str, float]] = {}
        for segment in self._segments(plain, language):
            surface = " ".join(plain[segment.start : segment.end].split())
            meaning, weight = segment.meaning, segment.weight
            for key, share in meaning.features:
                found = weights.setdefault(key, {})
                found[surface] = found.get(surface, 0.0) + share * weight
            for key in meaning.grams:
                found = weights.setdefault(key, {})
                found[surface] = found.get(surface, 0.0) + 1 / len(meaning.grams)
        return tuple(_term(key, found) for key, found in weights.items())

    def segments(self, text: str, language: str) -> Iterator[Segment]:
        """Read a text from left to right, the longest phrase first; an empty language is detected."""
        return self._segments(compose(text), language)

    def concepts(self, text: str, language: str) -> tuple[str, ...]:
        """Return the ids of the glossary's concepts that a text is read as, each once, in the order of the text."""
        found: dict[str, None] = {}
        for segment in self.segments(text, language):
            key = tuple(segment.stems[0]) if segment.language == "zh" else segment.stems
            known = self._meanings.phrases[segment.language].meanings.get(key, ())
            found |= dict.fromkeys(concept for concept, _share in known)
        return tuple(found)

    def stems(self, text: str, language: str) -> list[str]:
        """Return the stems of a text's content words in order, as a learned table is asked for them."""
        result: list[str] = []
        for segment in self.segments(text, language):
            result.extend(pieces(segment.stems[0]) if segment.language == "zh" else segment.stems)
        return result

    def _segments(self, plain: str, language: str) -> Iterator[Segment]:
        if language not in LANGUAGES:
            language = detect(plain)
        tokens: list[Token] = []
        for word in words(plain):
            if word.script in ("han", "break"):
                yield from self._read(tokens)
                tokens = []
                if word.script == "han":
                    yield from self._read_han(word)
            elif stem := self._stem_of(word, language):
                tokens.append(Token(stem, language_of_word(word.script, language), word))
        yield from self._read(tokens)

    def _stem_of(self, word: Word, language: str) -> str:
        """Return a word's stem, one that the glossary knows when there are several; nothing for a stop word."""
        memo = (word.text, language)
        stem = self._stems.get(memo)
        if stem is None:
            stem = self._choose_stem(word, language)
            if len(self._stems) >= REMEMBERED:
                self._stems.clear()
            self._stems[memo] = stem
        return stem

    def _choose_stem(self, word: Word, language: str) -> str:
        if word.script == "number":
            return normalise(word.text)
        read_as = language_of_word(word.script, language)
        known = self._meanings.phrases[read_as].vocabulary
        if is_acronym(word.text):
            for acronym in ("=" + word.text.lower(), "=" + word.text.lower().removesuffix("s")):
                if acronym in known:
                    return acronym
        plain = bare(normalise(word.text).lower(), read_as)
        if is_stop_word(plain, read_as):
            return ""
        found = stems(plain, read_as)
        return next((stem for stem in found if stem in known), found[0])

    def _read(self, tokens: Sequence[Token]) -> Iterator[Segment]:
        """Cut words that no punctuation divides into the longest phrases."""
        place = 0
        while place < len(tokens):
            length = self._phrase_length(tokens, place)
            found = tokens[place : place + (length or 1)]
            first = found[0]
            key = tuple(token.stem for token in found)
            number = first.word.script == "number" and not length
            meaning = Meaning((("n:" + first.stem, 1.0),), False) if number else self._meanings.of(first.language, key)
            weight = NUMBER_WEIGHT if number else float(len(found))
            yield Segment(key, first.language, first.word.start, found[-1].word.end, weight, meaning)
            place += len(found)

    def _phrase_length(self, tokens: Sequence[Token], place: int) -> int:
        phrases = self._meanings.phrases[tokens[place].language]
        longest = phrases.longest.get(tokens[place].stem, 0)
        for length in range(min(longest, LONGEST, len(tokens) - place), 0, -1):
            if tuple(token.stem for token in tokens[place : place + length]) in phrases.meanings:
                return length
        return 0

    def _read_han(self, run: Word) -> Iterator[Segment]:
        """Cut a run of Chinese characters into the longest known forms; the rest into single and paired ones."""
        phrases = self._meanings.phrases["zh"]
        place = rest = 0
        while place < len(run.text):
            longest = min(phrases.longest.get(run.text[place], 0), LONGEST_HAN, len(run.text) - place)
            for length in range(longest, 0, -1):
                key = tuple(run.text[place : place + length])
                if key in phrases.meanings:
                    yield from self._loose_han(run, rest, place)
                    yield _han_segment(run, place, place + length, self._meanings.of("zh", key))
                    place += length
                    rest = place
                    break
            else:
                place += 1
        yield from self._loose_han(run, rest, place)

    def _loose_han(self, run: Word, start: int, end: int) -> Iterator[Segment]:
        """Give the characters between known forms, without function characters, as single and paired ones."""
        stretch = start
        for place in range(start, end + 1):
            if place == end or is_stop_word(run.text[place], "zh"):
                if stretch < place:
                    found = [self._meanings.of("zh", (piece,)) for piece in pieces(run.text[stretch:place])]
                    shares: dict[str, float] = defaultdict(float)
                    for meaning in found:
                        for key, share in meaning.features:
                            shares[key] += share / len(found)
                    bridged = any(meaning.bridged for meaning in found)
                    yield _han_segment(run, stretch, place, Meaning(tuple(shares.items()), bridged))
                stretch = place + 1


def _term(key: str, found: Mapping[str, float]) -> Term:
    if len(found) == 1:
        for surface, weight in found.items():
            return Term(key, weight, surface)
    return Term(key, sum(found.values()), max(found, key=found.__getitem__))


def _han_segment(run: Word, start: int, end: int, meaning: Meaning) -> Segment:
    weight = (end - start) / HAN_WORD
    return Segment((run.text[start:end],), "zh", run.start + start, run.start + end, weight, meaning)
