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
    forward = _model_1(kept)
    backward = _model_1([(english, foreign) for foreign, english in kept])
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for (stem, translation), probability in forward.items():
        score = (probability * backward.get((translation, stem), 0.0)) ** 0.5
        if score >= LEAST:
            scores[stem][translation] = score
    together = _together(kept, scores)
    entries: dict[tuple[str, str], Weighted] = {}
    for stem, found in scores.items():
        best = sorted(found, key=lambda translation: (-found[translation], translation))
        if often := [translation for translation in best if together[stem, translation] >= fewest]:
            entries[language, stem] = _normed({translation: found[translation] for translation in often[:MOST]})
    return WordTable(entries)


def _together(
    pairs: Iterable[tuple[Sentence, Sentence]], translations: Mapping[str, Mapping[str, float]]
) -> Counter[tuple[str, str]]:
    """Count the pairs of sentences in which a stem stands with each of its translations."""
    counts: Counter[tuple[str, str]] = Counter()
    for foreign, english in pairs:
        there = set(english)
        counts.update((stem, found) for stem in set(foreign) for found in there & translations.get(stem, {}).keys())
    return counts


def _model_1(pairs: Sequence[tuple[Sentence, Sentence]]) -> dict[tuple[str, str], float]:
    """Return the probability of each target word given a source word; an empty source word takes the rest."""
    left = list(dict.fromkeys(["", *chain.from_iterable(source for source, _ in pairs)]))
    right = list(dict.fromkeys(chain.from_iterable(target for _, target in pairs)))
    number = {word: place for place, word in enumerate(right)}
    start = {word: place * len(right) for place, word in enumerate(left)}
    links: list[NDArray[np.int64]] = []
    sizes: list[int] = []  # of each target word: how many source words may explain it
    for source, target in pairs:
        starts = np.array([0, *(start[word] for word in source)], dtype=np.int64)
        links.append(np.add.outer(np.array([number[word] for word in target], dtype=np.int64), starts).ravel())
        sizes.extend([len(starts)] * len(target))
    if not sizes:
        return {}
    codes, cell_of_link = np.unique(np.concatenate(links), return_inverse=True)
    rows, columns = np.divmod(codes, len(right))
    probability = _expectation_maximisation(rows, cell_of_link, np.repeat(np.arange(len(sizes)), sizes))
    likely = np.flatnonzero((rows > 0) & (probability > LEAST * LEAST))
    return {(left[rows[cell]], right[columns[cell]]): float(probability[cell]) for cell in likely}


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
