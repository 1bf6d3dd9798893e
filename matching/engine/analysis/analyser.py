"""One function turns any text into weighted features."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from matching.engine.analysis.detect import detect
from matching.engine.analysis.grams import grams
from matching.engine.analysis.normalise import compose, normalise
from matching.engine.analysis.parts import learn_parts, pieces
from matching.engine.analysis.phrases import LONGEST, Weighted, compile_glossary, is_acronym
from matching.engine.analysis.relatives import Relatives
from matching.engine.analysis.stems import bare, is_stop_word, stems
from matching.engine.analysis.words import Word, language_of_word, words
from matching.engine.glossary import LANGUAGES, Glossary
from matching.engine.lexicon import WordTable
from matching.engine.types import Term

OWN_SHARE: Final = 0.5  # of an English phrase's weight that stays with its own words
RELATIVE_SHARE: Final = 0.5  # of an unknown word's weight that goes to known words which begin like it
NUMBER_WEIGHT: Final = 0.5
HAN_WORD: Final = 2  # Chinese characters that weigh as much as one word
LONGEST_HAN: Final = 12  # characters


@dataclass(frozen=True, slots=True)
class Token:
    """Be one content word: its stem, the language it is read in, and its place."""

    stem: str
    language: str
    word: Word


@dataclass(frozen=True, slots=True)
class Segment:
    """Be a stretch of text and what it means; the features' weights sum to 1."""

    stems: tuple[str, ...]
    language: str
    start: int
    end: int
    weight: float
    features: Weighted
    bridged: bool


class Analyser:
    """Turn texts into features. What was learned of a word once is kept."""

    def __init__(self, glossary: Glossary | None = None, lexicon: WordTable | None = None) -> None:
        self.glossary = glossary or Glossary()
        self.lexicon = lexicon or WordTable()
        self._phrases, self._pivots = compile_glossary(self.glossary)
        self._part_tables: dict[str, WordTable] = {}
        self._relatives: dict[str, Relatives] = {}
        self._stems: dict[tuple[str, str], str] = {}
        self._grams: dict[str, tuple[str, ...]] = {}
        self._features: dict[tuple[str, tuple[str, ...]], Weighted] = {}

    def language_of(self, text: str) -> str:
        """Return the language a text is read in when none is given; English when nothing tells it."""
        return detect(compose(text))

    def analyse(self, text: str, language: str) -> tuple[Term, ...]:
        """Return the features of a text, each key once, in the order of first appearance.

        A phrase of n words weighs n, shared among its features; n-grams come on top, one per word.
        A key's surface is the wording that gave it most of its weight.
        """
        plain = compose(text)
        weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for segment in self._segments(plain, language):
            surface = " ".join(plain[segment.start : segment.end].split())
            for key, share in segment.features:
                weights[key][surface] += share * segment.weight
        for word in words(plain):
            if word.script not in ("number", "break"):
                found = self._grams_of(word)
                for key in found:
                    weights[key][word.text] += 1 / len(found)
        return tuple(
            Term(key, sum(found.values()), max(found, key=found.__getitem__)) for key, found in weights.items()
        )

    def segments(self, text: str, language: str) -> Iterator[Segment]:
        """Read a text from left to right, the longest phrase first."""
        yield from self._segments(compose(text), language)

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
        if memo not in self._stems:
            self._stems[memo] = self._choose_stem(word, language)
        return self._stems[memo]

    def _choose_stem(self, word: Word, language: str) -> str:
        if word.script == "number":
            return normalise(word.text)
        read_as = language_of_word(word.script, language)
        known = self._phrases[read_as].vocabulary
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
            key = tuple(token.stem for token in found)
            first = found[0]
            number = first.word.script == "number" and not length
            yield Segment(
                stems=key,
                language=first.language,
                start=first.word.start,
                end=found[-1].word.end,
                weight=NUMBER_WEIGHT if number else float(len(found)),
                features=(("n:" + first.stem, 1.0),) if number else self._features_of(first.language, key),
                bridged=length > 0,
            )
            place += length or 1

    def _phrase_length(self, tokens: Sequence[Token], place: int) -> int:
        phrases = self._phrases[tokens[place].language]
        longest = phrases.longest.get(tokens[place].stem, 0)
        for length in range(min(longest, LONGEST, len(tokens) - place), 0, -1):
            if tuple(token.stem for token in tokens[place : place + length]) in phrases.meanings:
                return length
        return 0

    def _features_of(self, language: str, key: tuple[str, ...]) -> Weighted:
        memo = (language, key)
        if memo not in self._features:
            found = self._known(language, key)
            self._features[memo] = found or self._related(language, key[0])
        return self._features[memo]

    def _known(self, language: str, key: tuple[str, ...]) -> Weighted:
        """Translate a form of the glossary, else a part of its forms, else a word of the learned table."""
        meanings = self._phrases[language].meanings.get(key)
        if meanings is None:
            stem = key[0]
            parts = self._parts(language).translations(language, stem)
            translations = parts or self.lexicon.translations(language, stem)
            return tuple(("s:" + english, share) for english, share in translations)
        own = OWN_SHARE if language == "en" else 0.0
        shares: dict[str, float] = defaultdict(float)
        if own:
            for stem in key:
                shares["s:" + stem] += own / len(key)
        for concept, share in meanings:
            for stem, part in self._pivots[concept]:
                shares["s:" + stem] += share * part * (1 - own)
        return tuple(shares.items())

    def _related(self, language: str, stem: str) -> Weighted:
        """Let an unknown word stand for itself and for the known words which begin like it."""
        relatives = self._relatives_of(language).of(stem) if language != "zh" else ()
        shares: dict[str, float] = defaultdict(float)
        shares["s:" + stem] = 1 - RELATIVE_SHARE if relatives else 1.0
        for relative in relatives:
            translated = () if language == "en" else self._known(language, (relative,))
            for key, share in translated or (("s:" + relative, 1.0),):
                shares[key] += share * RELATIVE_SHARE / len(relatives)
        return tuple(shares.items())

    def _parts(self, language: str) -> WordTable:
        if language not in self._part_tables:
            learned = WordTable() if language == "en" else learn_parts(language, self.glossary.concepts.values())
            self._part_tables[language] = learned
        return self._part_tables[language]

    def _relatives_of(self, language: str) -> Relatives:
        if language not in self._relatives:
            phrases = self._phrases[language]
            words = {key[0] for key in phrases.meanings if len(key) == 1}
            parts = {stem for _, stem in self._parts(language).entries}
            self._relatives[language] = Relatives(phrases.vocabulary if language == "en" else words | parts)
        return self._relatives[language]

    def _read_han(self, run: Word) -> Iterator[Segment]:
        """Cut a run of Chinese characters into the longest known forms; the rest into single and paired ones."""
        phrases = self._phrases["zh"]
        place = rest = 0
        while place < len(run.text):
            longest = min(phrases.longest.get(run.text[place], 0), LONGEST_HAN, len(run.text) - place)
            for length in range(longest, 0, -1):
                key = tuple(run.text[place : place + length])
                if key in phrases.meanings:
                    yield from self._loose_han(run, rest, place)
                    yield self._han_segment(run, place, place + length, self._features_of("zh", key), bridged=True)
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
                text = run.text[stretch:place]
                if text:
                    found = pieces(text)
                    shares: dict[str, float] = defaultdict(float)
                    for piece in found:
                        for key, share in self._features_of("zh", (piece,)):
                            shares[key] += share / len(found)
                    yield self._han_segment(run, stretch, place, tuple(shares.items()), bridged=False)
                stretch = place + 1

    def _han_segment(self, run: Word, start: int, end: int, features: Weighted, *, bridged: bool) -> Segment:
        return Segment(
            stems=(run.text[start:end],),
            language="zh",
            start=run.start + start,
            end=run.start + end,
            weight=(end - start) / HAN_WORD,
            features=features,
            bridged=bridged,
        )

    def _grams_of(self, word: Word) -> tuple[str, ...]:
        if word.text not in self._grams:
            self._grams[word.text] = grams(normalise(word.text).lower(), word.script)
        return self._grams[word.text]
