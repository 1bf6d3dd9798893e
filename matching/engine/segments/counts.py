"""Analysed documents packed into arrays: what a refit re-weights, and what evidence is read from.

Counts are kept as float32: a generation on disk then says exactly what was weighed in memory.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.kernel import Codes, Floats, Rows, Singles
from matching.engine.segments.strings import Strings

GRAM = "g:"
NO_SURFACE = -1  # of n-grams: part of a word is no evidence


@dataclass(frozen=True, slots=True)
class Document:
    """Hold what analysis found in one entry: what is kept of it, so that a refit never re-tokenises.

    ``counts``: key → field-weighted count; ``surfaces``: key → its first and shortest wording in the entry.
    """

    language: str
    counts: Mapping[str, float]
    surfaces: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Hold the terms of N documents, row-major.

    ``keys``: M, sorted and distinct; ``starts``: N + 1; ``terms`` (ascending in a row), ``counts`` and ``surfaces``
    (numbers in ``wordings``) one a posting; ``languages``: numbers in ``spoken``, one a row.
    """

    keys: Strings
    wordings: Strings
    spoken: Strings
    starts: Rows
    terms: Codes
    counts: Singles
    surfaces: Codes
    languages: Codes

    def __len__(self) -> int:
        return self.starts.size - 1

    def row(self, row: int) -> slice:
        """Return where a row's postings are."""
        return slice(int(self.starts[row]), int(self.starts[row + 1]))

    def rows(self) -> Rows:
        """Return the row of each posting."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def grams(self) -> NDArray[np.bool_]:
        """Tell of each key whether it is an n-gram."""
        return np.fromiter((key.startswith(GRAM) for key in self.keys), dtype=bool, count=len(self.keys))

    def lengths(self) -> tuple[Floats, Floats]:
        """Return how many words, and how many n-grams, each row counts."""
        rows, grams = self.rows(), self.grams()[self.terms]
        words = np.bincount(rows, weights=np.where(grams, 0.0, self.counts), minlength=len(self))
        parts = np.bincount(rows, weights=np.where(grams, self.counts, 0.0), minlength=len(self))
        return words.astype(np.float64), parts.astype(np.float64)

    def take(self, rows: Rows) -> Counts:
        """Return some rows, in the given order, with the keys and wordings that they use."""
        sizes = np.diff(self.starts)[rows]
        starts = np.cumsum([0, *sizes], dtype=np.int64)
        places = np.repeat(self.starts[:-1][rows] - starts[:-1], sizes) + np.arange(starts[-1])
        keys, terms = np.unique(self.terms[places], return_inverse=True)
        worded = self.surfaces[places]
        wordings, surfaces = np.unique(worded, return_inverse=True)
        spoken, languages = np.unique(self.languages[rows], return_inverse=True)
        silent = int(wordings.size > 0 and wordings[0] == NO_SURFACE)
        names, wordings_ = list(self.keys), list(self.wordings)
        return Counts(
            keys=Strings.of(names[key] for key in keys),
            wordings=Strings.of(wordings_[wording] for wording in wordings[silent:]),
            spoken=Strings.of(self.spoken[language] for language in spoken),
            starts=starts,
            terms=terms.astype(np.int32),
            counts=self.counts[places],
            surfaces=(surfaces - silent).astype(np.int32),
            languages=languages.astype(np.int32),
        )


def pack(documents: Sequence[Document]) -> Counts:
    """Pack documents; row i is the i-th document."""
    keys: dict[str, int] = {}
    wordings: dict[str, int] = {}
    spoken: dict[str, int] = {}
    terms, surfaces, counts = array("i"), array("i"), array("f")
    for found in documents:
        terms.extend([keys.setdefault(key, len(keys)) for key in found.counts])
        counts.extend(found.counts.values())
        surfaces.extend(
            [
                NO_SURFACE if key.startswith(GRAM) else wordings.setdefault(found.surfaces.get(key, ""), len(wordings))
                for key in found.counts
            ]
        )
    starts = np.cumsum([0, *(len(found.counts) for found in documents)], dtype=np.int64)
    ordered = sorted(keys)
    rank = np.empty(len(ordered), dtype=np.int32)
    rank[[keys[key] for key in ordered]] = np.arange(len(ordered))
    ranked = rank[np.frombuffer(terms, dtype=np.int32)]
    order = np.lexsort((ranked, np.repeat(np.arange(len(documents)), np.diff(starts))))
    return Counts(
        keys=Strings.of(ordered),
        wordings=Strings.of(wordings),
        languages=np.array([spoken.setdefault(found.language, len(spoken)) for found in documents], dtype=np.int32),
        spoken=Strings.of(spoken),
        starts=starts,
        terms=ranked[order],
        counts=np.frombuffer(counts, dtype=np.float32)[order],
        surfaces=np.frombuffer(surfaces, dtype=np.int32)[order],
    )


def merge(parts: Sequence[Counts]) -> Counts:
    """Lay packed documents one after another under one vocabulary."""
    if len(parts) == 1:
        return parts[0]
    keys, terms = _united([part.keys for part in parts], [part.terms for part in parts])
    wordings, surfaces = _united([part.wordings for part in parts], [part.surfaces for part in parts])
    spoken, languages = _united([part.spoken for part in parts], [part.languages for part in parts])
    ends = np.cumsum([0, *(part.starts[-1] for part in parts)], dtype=np.int64)
    return Counts(
        keys=keys,
        wordings=wordings,
        spoken=spoken,
        starts=np.concatenate([[0], *(part.starts[1:] + end for part, end in zip(parts, ends, strict=False))]).astype(
            np.int64
        ),
        terms=terms,
        counts=np.concatenate([np.zeros(0, np.float32), *(part.counts for part in parts)]),
        surfaces=surfaces,
        languages=languages,
    )


def _united(names: Sequence[Strings], numbers: Sequence[Codes]) -> tuple[Strings, Codes]:
    """Number the names of all parts in one order; sorted names stay in order, and so do the terms of a row."""
    listed = [list(part) for part in names]
    together = sorted({name for part in listed for name in part})
    place = {name: number for number, name in enumerate(together)}
    moved = [np.zeros(0, dtype=np.int32)]
    for part, found in zip(listed, numbers, strict=True):
        new = np.array([place[name] for name in part] + [NO_SURFACE], dtype=np.int32)  # -1 stays -1
        moved.append(new[found])
    return Strings.of(together), np.concatenate(moved)
