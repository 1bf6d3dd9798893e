"""The text index: BM25-weighted term vectors in one sparse matrix, scored by one sparse product.

Weights follow Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009).
scikit-learn's DictVectorizer makes the matrix of counts, since it takes weighted counts as analysis yields them. The
weighting is ours: its TfidfTransformer has neither saturation nor length normalisation, and its idf never falls
below 1, which lets common words count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer

from matching.engine.types import Config, Profile, Term

GRAM = "g:"

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Rows = NDArray[np.int64]


class Analysis(Protocol):
    """Be what turns text into terms; matching.engine.analysis.Analyser is one."""

    def analyse(self, text: str, language: str) -> tuple[Term, ...]:
        """Return the weighted terms of a text."""
        ...

    def language_of(self, text: str) -> str:
        """Return the language that a text is written in."""
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """Hold what analysis found in one entry, so that a refit re-weights and never re-tokenises.

    ``counts``: key → field-weighted count; ``surfaces``: key → its first and shortest wording in the entry.
    """

    language: str
    counts: Mapping[str, float]
    surfaces: Mapping[str, str]


def document(profile: Profile, analyser: Analysis, config: Config) -> Document:
    """Count the terms of an entry's texts, each weighted by its field.

    A demand's sectors are looked for in the texts of supplies as well; they are English codes in whatever language
    it is written. A supply's are not text: equal sectors are the sector signal's, and would count twice.
    """
    sectors = profile.sectors if profile.kind == "demand" else ()
    counts: dict[str, float] = {}
    surfaces: dict[str, str] = {}
    written = profile.language or analyser.language_of("\n".join((profile.title, profile.summary, profile.body)))
    fields = (
        (profile.title, written, config.title_weight),
        (profile.summary, written, config.summary_weight),
        (profile.body, written, config.body_weight),
        (". ".join(profile.keywords), written, config.keyword_weight),
        (". ".join(sectors).replace("_", " ").replace("-", " "), "en", config.sector_weight),
    )
    for text, language, weight in fields:
        if not text or not weight:
            continue
        for term in analyser.analyse(text, language):
            counts[term.key] = counts.get(term.key, 0.0) + weight * term.weight
            known = surfaces.get(term.key)
            if known is None or term.surface.count(" ") < known.count(" "):
                surfaces[term.key] = term.surface
    return Document(written, counts, surfaces)


@dataclass(frozen=True, slots=True)
class Query:
    """Be a demand's terms: the matrix columns they stand in, their weights, its score against itself.

    Terms that no supply has stand in no column, yet count in ``self_score``: a part of a need that nobody
    answers lowers the text value.
    """

    columns: Rows
    weights: Singles
    self_score: float


@dataclass(frozen=True, slots=True)
class Index:
    """Hold the weighted terms of N supplies over M terms.

    ``matrix``: N x M, CSC float32: BM25 saturation x idf, n-grams times their own low weight. ``idf``: M, and
    one more for a term that no supply has. ``lengths``: the mean length of a supply in words and in n-grams.
    """

    vocabulary: Mapping[str, int]
    matrix: sp.csc_array
    idf: Floats
    lengths: tuple[float, float]
    config: Config

    @classmethod
    def build(cls, profiles: Iterable[Profile], analyser: Analysis, config: Config) -> Index:
        """Analyse the supplies and weigh their terms; row i is the i-th profile."""
        return cls.weigh([document(profile, analyser, config) for profile in profiles], config)

    @classmethod
    def weigh(cls, documents: Sequence[Document], config: Config) -> Index:
        """Weigh the terms of documents that were analysed before; row i is the i-th document."""
        vectorizer = DictVectorizer()
        counts = sp.csr_array(vectorizer.fit_transform([found.counts for found in documents] or [{}]))
        n, m = counts.shape
        rows = np.repeat(np.arange(n), np.diff(counts.indptr))
        idf = _idf(counts.indices, rows, m, [found.language for found in documents])
        of_gram = np.array([name.startswith(GRAM) for name in vectorizer.feature_names_], dtype=bool)
        grams = of_gram[counts.indices]
        of_words = np.bincount(rows, weights=np.where(grams, 0.0, counts.data), minlength=n)
        of_grams = np.bincount(rows, weights=np.where(grams, counts.data, 0.0), minlength=n)
        lengths = (float(of_words.mean()) or 1.0, float(of_grams.mean()) or 1.0)
        relative = np.where(grams, (of_grams / lengths[1])[rows], (of_words / lengths[0])[rows])
        data = _supply_weights(counts.data, relative, idf[counts.indices], grams, config)
        matrix = sp.csr_array((data.astype(np.float32), counts.indices, counts.indptr), shape=(n, m))
        return cls(vectorizer.vocabulary_, sp.csc_array(matrix)[: len(documents)], idf, lengths, config)

    def query(self, demand: Document) -> Query:
        """Weigh a demand's terms, ready for texts()."""
        asked = self.asked(demand)
        given = self.given(demand)
        known = sorted((self.vocabulary[key], asked[key]) for key in asked.keys() & self.vocabulary.keys())
        return Query(
            columns=np.array([column for column, _ in known], dtype=np.int64),
            weights=np.array([weight for _, weight in known], dtype=np.float32),
            self_score=sum(weight * given[key] for key, weight in asked.items()),
        )

    def texts(self, query: Query) -> Singles:
        """Return N text values in 0..1, from each supply's share of what the demand scores against itself."""
        if not query.columns.size or not query.self_score:
            return np.zeros(self.matrix.shape[0], dtype=np.float32)
        scores: Singles = self.matrix[:, query.columns] @ query.weights
        return _spread(scores / np.float32(query.self_score), np.float32(self.config.text_half))

    def asked(self, demand: Document) -> dict[str, float]:
        """Weigh a document's terms as a demand's: saturated count x idf, so that rare words decide."""
        counts, idf, _ = self._columns(demand)
        k1 = self.config.k1
        return dict(zip(demand.counts, (counts * (k1 + 1) / (counts + k1) * idf).tolist(), strict=True))

    def given(self, found: Document) -> dict[str, float]:
        """Weigh a document's terms as the matrix does a supply's."""
        counts, idf, grams = self._columns(found)
        words, gram_length = counts[~grams].sum() / self.lengths[0], counts[grams].sum() / self.lengths[1]
        weights = _supply_weights(counts, np.where(grams, gram_length, words), idf, grams, self.config)
        return dict(zip(found.counts, weights.tolist(), strict=True))

    def _columns(self, found: Document) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Return a document's counts, their idf and whether they are n-grams, in the order of its counts."""
        unseen = len(self.vocabulary)
        columns = np.array([self.vocabulary.get(key, unseen) for key in found.counts], dtype=np.int64)
        counts = np.fromiter(found.counts.values(), dtype=np.float64, count=len(columns))
        grams = np.array([key.startswith(GRAM) for key in found.counts], dtype=bool)
        return counts, self.idf[columns], grams


def top_rows(scores: Floats, k: int, allowed: NDArray[np.bool_]) -> Rows:
    """Return the k allowed rows with the highest scores, best first; ties go to the lower row. Exact."""
    rows = np.flatnonzero(allowed)
    if k < rows.size:
        kth = np.partition(scores[rows], rows.size - k)[rows.size - k]
        rows = rows[scores[rows] >= kth]
    return rows[np.lexsort((rows, -scores[rows]))][:k]


def _idf(columns: NDArray[np.int32], rows: Rows, m: int, languages: Sequence[str]) -> Floats:
    """Return BM25's inverse document frequency of M terms, and of one that no supply has; kept above 0 as Lucene does.

    A term is as rare as it is among the supplies of the languages it occurs in. Among all supplies every word without
    a translation would look rare, and sharing one would count for more than sharing a meaning across languages.
    """
    spoken = np.array(languages)
    frequency = np.zeros(m + 1)
    population = np.zeros(m + 1)
    for language in sorted(set(languages)):
        found = np.bincount(columns[(spoken == language)[rows]], minlength=m + 1)
        frequency += found
        population += (found > 0) * np.count_nonzero(spoken == language)
    population[m] = len(languages)
    return np.log1p((population - frequency + 0.5) / (frequency + 0.5))


def _spread(shares: Singles, half: np.float32) -> Singles:
    """Spread shares over 0..1 without changing their order: even good answers share but a fifth of what a demand says.

    A share equal to ``half`` becomes a little more than one half; one of 1, the demand's own text, becomes 1.
    """
    spread: Singles = np.minimum(shares * (1 + half) / (shares + half), np.float32(1.0))
    return spread


def _supply_weights(counts: Floats, relative: Floats, idf: Floats, grams: NDArray[np.bool_], config: Config) -> Floats:
    """Return BM25 weights of counts in documents whose length is ``relative`` to the mean."""
    damped = counts + config.k1 * (1 - config.b + config.b * relative)
    return counts * (config.k1 + 1) / damped * idf * np.where(grams, config.gram_weight, 1.0)
