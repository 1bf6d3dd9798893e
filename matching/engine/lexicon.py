"""A learned word table: what the stems of a language mean as English stems, each with its probability."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Weighted = tuple[tuple[str, float], ...]
Sentence = Sequence[str]

ROUNDS: Final = 5  # of expectation maximisation; more fits rare words to chance
FEWEST: Final = 2  # sentences in which both words must stand together
LEAST: Final = 0.1  # score below which a translation is dropped
MOST: Final = 4  # translations kept of a stem
LONGEST: Final = 80  # tokens; longer sentences say little and cost their square


@dataclass(frozen=True, slots=True)
class WordTable:
    """Hold, by language and stem, English stems with weights that sum to 1."""

    entries: Mapping[tuple[str, str], Weighted] = field(default_factory=dict)

    def translations(self, language: str, stem: str) -> Weighted:
        """Return the English stems of a stem; nothing when the table does not know it."""
        return self.entries.get((language, stem), ())

    @classmethod
    def load(cls, paths: Iterable[Path]) -> WordTable:
        """Read tables of tab-separated language, stem, English stem, weight; weights are made to sum to 1."""
        shares: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        for path in sorted(paths):
            for line in path.read_text(encoding="utf-8").splitlines():
                language, stem, english, weight = line.split("\t")
                shares[language, stem][english] = float(weight)
        return cls({key: _normed(found) for key, found in shares.items()})

    def save(self, path: Path) -> None:
        """Write the table, sorted, as load reads it."""
        lines = (
            f"{language}\t{stem}\t{english}\t{weight:.4f}\n"
            for (language, stem), found in sorted(self.entries.items())
            for english, weight in found
        )
        path.write_text("".join(lines), encoding="utf-8")


def learn(language: str, pairs: Iterable[tuple[Sentence, Sentence]], *, fewest: int = FEWEST) -> WordTable:
    """Estimate a word table from pairs of a sentence's stems and its English translation's.

    IBM Model 1 (Brown et al. 1993) in both directions. A translation's score is the geometric mean of both
    probabilities, so that only words which choose each other stay.
    """
    kept = [(foreign, english) for foreign, english in pairs if max(len(foreign), len(english)) <= LONGEST]
    forward = _model_1([(foreign, english) for foreign, english in kept])
    backward = _model_1([(english, foreign) for foreign, english in kept])
    together = Counter(pair for foreign, english in kept for pair in {(f, e) for f in foreign for e in english})
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for (foreign_stem, english_stem), probability in forward.items():
        score = (probability * backward.get((english_stem, foreign_stem), 0.0)) ** 0.5
        if score >= LEAST and together[foreign_stem, english_stem] >= fewest:
            scores[foreign_stem][english_stem] = score
    return WordTable(
        {
            (language, stem): _normed(dict(sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MOST]))
            for stem, found in scores.items()
        }
    )


def _model_1(pairs: Sequence[tuple[Sentence, Sentence]]) -> dict[tuple[str, str], float]:
    """Return the probability of each target word given a source word; an empty source word takes the rest."""
    sources = {
        word: number for number, word in enumerate(dict.fromkeys(["", *chain.from_iterable(p[0] for p in pairs)]))
    }
    targets = {word: number for number, word in enumerate(dict.fromkeys(chain.from_iterable(p[1] for p in pairs)))}
    links: list[int] = []
    places: list[int] = []
    place = 0
    for source, target in pairs:
        starts = [0, *(sources[word] * len(targets) for word in source)]
        for word in target:
            number = targets[word]
            links.extend(start + number for start in starts)
            places.extend([place] * len(starts))
            place += 1
    if not links:
        return {}
    codes, cell_of_link = np.unique(np.array(links), return_inverse=True)
    rows, columns = np.divmod(codes, len(targets))
    probability = _expectation_maximisation(rows, cell_of_link, np.array(places))
    left, right = list(sources), list(targets)
    return {
        (left[row], right[column]): float(value)
        for row, column, value in zip(rows, columns, probability, strict=True)
        if row and value > LEAST * LEAST
    }


def _expectation_maximisation(
    rows: NDArray[np.int64], cell_of_link: NDArray[np.int64], places: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the probability of each cell from the links of all sentences.

    ``rows`` is each cell's source word; links are (cell, place of the target word it may explain).
    """
    probability = np.ones(len(rows))
    for _ in range(ROUNDS):
        likely = probability[cell_of_link]
        expected = likely / np.bincount(places, weights=likely)[places]
        counts = np.bincount(cell_of_link, weights=expected, minlength=len(rows))
        probability = counts / np.bincount(rows, weights=counts)[rows]
    return probability


def _normed(shares: Mapping[str, float]) -> Weighted:
    total = sum(shares.values())
    return tuple((key, share / total) for key, share in shares.items())
