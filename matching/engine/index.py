"""The text index: BM25-weighted term vectors as term-major postings, which the kernel adds up.

Weights follow Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009).
The weighting is ours: scikit-learn's TfidfTransformer has neither saturation nor length normalisation, and its idf
never falls below 1, which lets common words count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from matching.engine.kernel import WORTH_COMPILING, Asked, Codes, Floats, Postings, Rows, Singles
from matching.engine.segments.counts import GRAM, NO_SURFACE, Counts, Document, pack
from matching.engine.types import Config, Profile, Term

__all__ = ["GRAM", "Analysis", "Document", "Floats", "Index", "document"]

HEAD = 4  # a term that more than one supply in so many has is a head
BLOCK = 4096  # rows weighed at a time, to bound memory

Flags = NDArray[np.bool_]


class Analysis(Protocol):
    """Be what turns text into terms; matching.engine.analysis.Analyser is one."""

    def analyse(self, text: str, language: str) -> tuple[Term, ...]:
        """Return the weighted terms of a text."""
        ...

    def language_of(self, text: str) -> str:
        """Return the language that a text is written in."""
        ...


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


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Hold the weighted terms of N supplies over M terms.

    ``postings``: BM25 saturation x idf in float32, n-grams times their own low weight. ``idf`` and ``heads``, whether
    many supplies of the statistics have a term: M, and one more for a term that no supply has. ``lengths``: the mean
    length of a supply in words and in n-grams.
    """

    vocabulary: Mapping[str, int]
    counts: Counts
    grams: Flags
    postings: Postings
    idf: Floats
    heads: Flags
    lengths: tuple[float, float]
    config: Config

    @classmethod
    def build(cls, profiles: Iterable[Profile], analyser: Analysis, config: Config) -> Index:
        """Analyse the supplies and weigh their terms; row i is the i-th profile."""
        return cls.weigh([document(profile, analyser, config) for profile in profiles], config)

    @classmethod
    def weigh(cls, documents: Sequence[Document], config: Config) -> Index:
        """Weigh the terms of documents that were analysed before; row i is the i-th document."""
        return cls.of(pack(documents), config)

    @classmethod
    def of(cls, counts: Counts, config: Config, like: Index | None = None) -> Index:
        """Weigh packed documents by their own statistics, or by those of another index.

        By another's, equal texts weigh the same in both; a term that the other lacks is one that no supply has.
        """
        grams = counts.grams()
        sizes = counts.lengths()
        if like:
            columns = np.append(like.columns(counts.keys), -1)
            idf, heads, lengths = like.idf[columns], like.heads[columns], like.lengths
        else:
            idf, heads, lengths = _idf(counts, config.background), _heads(counts), _means(sizes)
        relative = [size / mean for size, mean in zip(sizes, lengths, strict=True)]
        weights = np.empty(counts.terms.size, dtype=np.float32)
        for first in range(0, len(counts), BLOCK):
            starts = counts.starts[first : first + BLOCK + 1]
            block = slice(int(starts[0]), int(starts[-1]))
            terms = counts.terms[block]
            length = np.where(
                grams[terms], *(np.repeat(size[first : first + BLOCK], np.diff(starts)) for size in relative[::-1])
            )
            weights[block] = _supply_weights(
                counts.counts[block].astype(np.float64), length, idf[terms], grams[terms], config
            )
        vocabulary = {key: column for column, key in enumerate(counts.keys)}
        postings = _by_term(counts, weights)
        if heads.any() and not like:
            postings = postings.with_heads(np.flatnonzero(heads))
        return cls(vocabulary, counts, grams, postings, idf, heads, lengths, config)

    def columns(self, keys: Iterable[str]) -> Rows:
        """Return the column of each key; M for one that no supply has."""
        unseen = len(self.vocabulary)
        return np.array([self.vocabulary.get(key, unseen) for key in keys], dtype=np.int64)

    def query(self, asked: Mapping[str, float], scale: float) -> Asked:
        """Ask the postings for the weights of a demand's terms: heads first, each in the order of the columns.

        ``scale``: what the demand scores against itself. Terms that no supply has count in it: a part of a need that
        nobody answers lowers the text value.
        """
        columns = self.columns(asked)
        known = columns < len(self.vocabulary)
        order = np.lexsort((columns[known], ~self.heads[columns[known]]))
        return Asked(
            columns=columns[known][order],
            weights=np.fromiter(asked.values(), dtype=np.float64, count=len(asked))[known][order].astype(np.float32),
            scale=np.float32(scale or 1.0),
            half=np.float32(self.config.text_half),
            weight=self.config.weights["text"],
        )

    def self_score(self, demand: Document) -> float:
        """Return what a demand scores against its own text."""
        given = self.given(demand)
        return sum(weight * given[key] for key, weight in self.asked(demand).items())

    def weights(self, row: int) -> tuple[Codes, Floats]:
        """Return the columns of a supply's terms, ascending, and what they weigh."""
        place = self.counts.row(row)
        terms = self.counts.terms[place]
        return terms, self._given(self.counts.counts[place].astype(np.float64), self.idf[terms], self.grams[terms])

    def shared(self, row: int, asked: Asked) -> tuple[Document, dict[str, float]]:
        """Return the part of a supply's document that a query meets, and what its shared terms weigh.

        Terms that share a wording with a met one belong to that part: they say what else the wording means.
        """
        terms, weights = self.weights(row)
        place = self.counts.row(row)
        counts, wordings = self.counts.counts[place], self.counts.surfaces[place]
        met = np.isin(terms, asked.columns, assume_unique=True)
        near = np.flatnonzero(met | np.isin(wordings, np.unique(wordings[met & (wordings != NO_SURFACE)])))
        keys = {int(at): self.counts.keys[int(terms[at])] for at in near}
        words = {int(number): self.counts.wordings[int(number)] for number in np.unique(wordings[near]) if number >= 0}
        found = Document(
            language=self.counts.spoken[int(self.counts.languages[row])],
            counts={key: float(counts[at]) for at, key in keys.items()},
            surfaces={key: words[int(wordings[at])] for at, key in keys.items() if wordings[at] != NO_SURFACE},
        )
        return found, {key: float(weights[at]) for at, key in keys.items() if met[at]}

    def asked(self, demand: Document) -> dict[str, float]:
        """Weigh a document's terms as a demand's: saturated counts; the rarity of a word is in the postings."""
        counts = np.fromiter(demand.counts.values(), dtype=np.float64, count=len(demand.counts))
        k1 = self.config.k1
        return dict(zip(demand.counts, (counts * (k1 + 1) / (counts + k1)).tolist(), strict=True))

    def given(self, found: Document) -> dict[str, float]:
        """Weigh a document's terms as the postings do a supply's."""
        return dict(zip(found.counts, self._given(*self._columns(found)).tolist(), strict=True))

    def _given(self, counts: Floats, idf: Floats, grams: Flags) -> Floats:
        """Weigh the counts of one whole document."""
        lengths = counts[~grams].sum() / self.lengths[0], counts[grams].sum() / self.lengths[1]
        return _supply_weights(counts, np.where(grams, lengths[1], lengths[0]), idf, grams, self.config)

    def _columns(self, found: Document) -> tuple[Floats, Floats, Flags]:
        """Return a document's counts, their idf and whether they are n-grams, in the order of its counts."""
        counts = np.fromiter(found.counts.values(), dtype=np.float64, count=len(found.counts))
        grams = np.array([key.startswith(GRAM) for key in found.counts], dtype=bool)
        return counts, self.idf[self.columns(found.counts)], grams


def _idf(counts: Counts, background: int) -> Floats:
    """Return BM25's inverse document frequency of M terms, and of one that no supply has; kept above 0 as Lucene does.

    A term is as rare as it is among the supplies of the languages it occurs in. Among all supplies every word without
    a translation would look rare, and sharing one would count for more than sharing a meaning across languages.
    ``background`` supplies that nobody wrote stand beside the real ones, each term in one of them: in a catalogue of
    two, what both texts share would else look common, and all that they do not share rare. 0 leaves them out.
    """
    spoken = counts.languages
    of_posting = np.repeat(spoken, np.diff(counts.starts))
    frequency = np.zeros(len(counts.keys) + 1)
    population = np.zeros(len(counts.keys) + 1)
    for language in range(len(counts.spoken)):
        found = np.bincount(counts.terms[of_posting == language], minlength=frequency.size)
        frequency += found
        population += (found > 0) * np.count_nonzero(spoken == language)
    population[-1] = len(counts)
    frequency, population = frequency + min(background, 1), population + background
    return np.log1p((population - frequency + 0.5) / (frequency + 0.5))


def _heads(counts: Counts) -> Flags:
    """Tell of M terms, and of one that no supply has, which ones so many supplies have that dense lines pay."""
    frequency = np.bincount(counts.terms, minlength=len(counts.keys) + 1)
    heads: Flags = frequency * HEAD > len(counts)
    return heads & (len(counts) >= WORTH_COMPILING)


def _means(sizes: Iterable[Floats]) -> tuple[float, float]:
    """Return the mean length in words and in n-grams; 1 where there are none."""
    words, grams = (float(size.mean()) if size.any() else 1.0 for size in sizes)
    return words, grams


def _by_term(counts: Counts, weights: Singles) -> Postings:
    """Turn row-major weights into term-major postings."""
    matrix = sp.csr_array((weights, counts.terms, counts.starts), shape=(len(counts), len(counts.keys))).tocsc()
    return Postings(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data, len(counts))


def _supply_weights(counts: Floats, relative: Floats, idf: Floats, grams: NDArray[np.bool_], config: Config) -> Floats:
    """Return BM25 weights of counts in documents whose length is ``relative`` to the mean."""
    damped = counts + config.k1 * (1 - config.b + config.b * relative)
    return counts * (config.k1 + 1) / damped * idf * np.where(grams, config.gram_weight, 1.0)
