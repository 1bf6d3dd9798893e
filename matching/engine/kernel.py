"""The scoring kernel: one function in two forms, numba and scipy, which give the same bits.

Postings are term-major (CSC): a query reads the rows of its own terms and of no others. Heads, the terms that many rows
have, are kept a second time as dense lines, which add up several times as fast; a query names them first. Facets are
codes: rows that state the same things share a code, and a query brings one small table a facet, code → contribution,
where minus infinity is a hard constraint. So one pass adds the text, every facet and every constraint of a row.

Both forms add a row's text in float32 in the order of the query's columns, its total in float64 in the order of the
facets. No step is reordered or fused (numba keeps IEEE order unless fastmath is asked for), which is why they agree to
the last bit. The scipy form serves where numba is not installed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Final, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Rows = NDArray[np.int64]
Sums = NDArray[np.float32]  # queries x rows
Query = tuple[Rows, Singles]  # columns and weights of its terms, each column once, heads first

WORTH_COMPILING: Final = 5_000  # rows; below, the scipy form answers before numba is loaded
BLOCK: Final = 1024  # rows of a dense line; a block of lines serves several queries while it is in the cache
TOGETHER: Final = 32  # queries that are added up together


class Heads(NamedTuple):
    """Hold the weights of H terms for every row, 0 where a row lacks the term.

    ``columns``: H, ascending; ``lines``: blocks of BLOCK rows x H x BLOCK.
    """

    columns: Rows
    lines: Singles

    def leading(self, columns: Rows) -> Rows:
        """Return the lines of the heads that a query names first, up to its first other term."""
        places = np.minimum(np.searchsorted(self.columns, columns), self.columns.size - 1)
        others = np.flatnonzero(self.columns[places] != columns)
        return places[: others[0]] if others.size else places


@dataclass(frozen=True, slots=True)
class Postings:
    """Hold the weights of N rows by term: ``starts`` M + 1, ``rows`` and ``weights`` one a posting."""

    starts: NDArray[np.int64]
    rows: Codes
    weights: Singles
    size: int
    heads: Heads | None = None

    def with_heads(self, columns: Rows) -> Postings:
        """Return these postings with the weights of some terms, ascending, kept as dense lines too."""
        lines = np.zeros((-(-self.size // BLOCK), columns.size, BLOCK), dtype=np.float32)
        for place, column in enumerate(columns.tolist()):
            found = slice(int(self.starts[column]), int(self.starts[column + 1]))
            lines[self.rows[found] // BLOCK, place, self.rows[found] % BLOCK] = self.weights[found]
        return replace(self, heads=Heads(columns, lines))

    def matrix(self) -> sp.csc_array:
        """Return the N x M matrix, sharing memory; scipy's index type bounds it to 2 ** 31 postings."""
        return sp.csc_array(
            (self.weights, self.rows, self.starts.astype(np.int32)), shape=(self.size, self.starts.size - 1)
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """Be one query: columns and weights of its terms, and what turns a row's sum into its text value.

    ``scale`` is the sum that a row with the query's own text has; a sum of ``half`` of it is worth about one half.
    """

    columns: Rows
    weights: Singles
    scale: np.float32
    half: np.float32
    weight: float


@dataclass(frozen=True, slots=True)
class Tables:
    """Hold one table a facet, laid end to end: ``values[starts[f] + codes[f, row]]`` is added to the row's total."""

    codes: Codes
    values: Floats
    starts: Rows

    @classmethod
    def of(cls, codes: Codes, tables: list[Floats]) -> Tables:
        """Lay the tables of a query end to end, in the order of the rows of ``codes``."""
        starts = np.cumsum([0, *(table.size for table in tables)], dtype=np.int64)[:-1]
        return cls(codes, np.concatenate([np.zeros(0), *tables]), starts)


class Form(NamedTuple):
    """Be one way to compute: the sums of rows for each query, their texts and totals, and the best of them."""

    sums: Callable[[Postings, Sequence[Query]], Sums]
    combine: Callable[[Singles, Asked, Tables], tuple[Singles, Floats]]
    best: Callable[[Floats, int], Rows]

    def score(self, postings: Postings, asked: Asked, tables: Tables) -> tuple[Singles, Floats]:
        """Return each row's text value in 0..1 and its total; minus infinity where a constraint forbids the row."""
        return self.combine(self.sums(postings, [(asked.columns, asked.weights)])[0], asked, tables)


def sums_scipy(postings: Postings, queries: Sequence[Query]) -> Sums:
    """Return for each query each row's sum of its weight x the asked weight, over the columns in their order."""
    sums: Sums = np.zeros((len(queries), postings.size), dtype=np.float32)
    matrix = postings.matrix()
    for place, (columns, weights) in enumerate(queries):
        if columns.size:
            sums[place] = matrix[:, columns] @ weights
    return sums


def spread(sums: Singles, scale: np.float32 | Singles, half: np.float32) -> Singles:
    """Turn sums into text values in 0..1 without changing their order.

    Even good answers share but a fifth of what a demand says: a share equal to ``half`` becomes a little more than one
    half; one of 1, the demand's own text, becomes 1.
    """
    one = np.float32(1)
    shares = sums / scale
    texts: Singles = np.minimum(shares * (one + half) / (shares + half), one)
    return texts


def combine_scipy(sums: Singles, asked: Asked, tables: Tables) -> tuple[Singles, Floats]:
    """Return the text values of a query's sums, and the totals with what the facets of each row add."""
    texts = spread(sums, asked.scale, asked.half)
    totals: Floats = asked.weight * texts.astype(np.float64)
    for codes, start in zip(tables.codes, tables.starts, strict=True):
        totals += tables.values[start + codes]
    return texts, totals


def best_numpy(totals: Floats, k: int) -> Rows:
    """Return the k rows with the highest totals, best first; ties go to the lower row; never a forbidden row."""
    rows = np.flatnonzero(totals > -np.inf)
    if 0 < k < rows.size:
        kth = np.partition(totals[rows], rows.size - k)[rows.size - k]
        rows = rows[totals[rows] >= kth]
    return rows[np.lexsort((rows, -totals[rows]))][:k]


def sums_numba(postings: Postings, queries: Sequence[Query]) -> Sums:
    """Return what sums_scipy returns: the heads block by block for all queries, the other terms one at a time."""
    blocks = -(-postings.size // BLOCK)
    sums: Sums = np.zeros((len(queries), blocks * BLOCK), dtype=np.float32)
    heads = [postings.heads.leading(columns) if postings.heads else columns[:0] for columns, _ in queries]
    if postings.heads:
        ends = np.cumsum([0, *(found.size for found in heads)])
        asked = [weights[: found.size] for found, (_, weights) in zip(heads, queries, strict=True)]
        compiled().add_lines(postings.heads.lines, np.concatenate(heads), np.concatenate(asked), ends, sums)
    for place, (found, (columns, weights)) in enumerate(zip(heads, queries, strict=True)):
        rest = slice(found.size, None)
        compiled().add_up(postings.starts, postings.rows, postings.weights, columns[rest], weights[rest], sums[place])
    return sums[:, : postings.size]


def combine_numba(sums: Singles, asked: Asked, tables: Tables) -> tuple[Singles, Floats]:
    """Return what combine_scipy returns, in one pass over the rows; the sums become the texts."""
    totals: Floats = np.empty(sums.size, dtype=np.float64)
    compiled().combine(sums, asked.scale, asked.half, asked.weight, tables.codes, tables.values, tables.starts, totals)
    return sums, totals


def best_numba(totals: Floats, k: int) -> Rows:
    """Return what best_numpy returns, with a heap of k rows."""
    found: Rows = compiled().best(totals, min(k, totals.size))
    return found


SCIPY = Form(sums_scipy, combine_scipy, best_numpy)
NUMBA = Form(sums_numba, combine_numba, best_numba)


@cache
def compiled() -> ModuleType:
    """Return the compiled loops. Loading numba takes longer than many small queries, so it waits for the first big."""
    return import_module("matching.engine.kernel_numba")


def form_for(size: int) -> Form:
    """Return the faster form for so many rows; they agree, so that nobody sees which one answered."""
    ready = compiled.cache_info().currsize > 0
    return NUMBA if (ready or size >= WORTH_COMPILING) and find_spec("numba") else SCIPY
