"""The loops of the kernel, compiled. Each adds in the order in which the scipy form adds; none is fastmath."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Rows = NDArray[np.int64]
Lines = NDArray[np.float32]  # three dimensions
Sums = NDArray[np.float32]  # two


@njit(cache=True, nogil=True)
def add_up(starts: Rows, rows: Codes, weights: Singles, columns: Rows, asked: Singles, sums: Singles) -> None:
    """Add each posting of the asked columns to its row, term at a time."""
    for place in range(columns.size):
        weight = asked[place]
        for posting in range(starts[columns[place]], starts[columns[place] + 1]):
            sums[rows[posting]] += weights[posting] * weight


@njit(cache=True, nogil=True)
def add_lines(lines: Lines, heads: Rows, asked: Singles, ends: Rows, sums: Sums) -> None:
    """Add dense lines to the sums of several queries, block by block; each row adds in the order of the heads.

    Four at a time, so that a row's sum stays in a register meanwhile.
    """
    block = lines.shape[2]
    for number in range(lines.shape[0]):
        for query in range(ends.size - 1):
            line = sums[query, number * block : (number + 1) * block]
            place, last = ends[query], ends[query + 1]
            while place + 3 < last:
                w0, w1, w2, w3 = asked[place], asked[place + 1], asked[place + 2], asked[place + 3]
                a, b = lines[number, heads[place]], lines[number, heads[place + 1]]
                c, d = lines[number, heads[place + 2]], lines[number, heads[place + 3]]
                for row in range(block):
                    line[row] = (((line[row] + a[row] * w0) + b[row] * w1) + c[row] * w2) + d[row] * w3
                place += 4
            while place < last:
                weight, a = asked[place], lines[number, heads[place]]
                for row in range(block):
                    line[row] += a[row] * weight
                place += 1


@njit(cache=True, nogil=True)
def combine(
    texts: Singles,
    scale: np.float32,
    half: np.float32,
    weight: float,
    codes: Codes,
    values: Floats,
    starts: Rows,
    totals: Floats,
) -> None:
    """Turn sums into text values, in place, and add what the facets of each row contribute."""
    one = np.float32(1)
    for row in range(texts.size):
        share = texts[row] / scale
        texts[row] = min(share * (one + half) / (share + half), one)
        total = weight * np.float64(texts[row])
        for facet in range(starts.size):
            total += values[starts[facet] + codes[facet, row]]
        totals[row] = total


@njit(cache=True, nogil=True)
def best(totals: Floats, k: int) -> Rows:
    """Return the k highest rows, best first, ties to the lower row; rows at minus infinity are left out."""
    heap = np.empty(k, dtype=np.int64)
    size = 0
    for row in range(totals.size):
        if totals[row] == -np.inf:
            continue
        if size < k:
            place = size
            heap[place] = row
            size += 1
            while place and _behind(totals, heap[place], heap[(place - 1) // 2]):
                heap[place], heap[(place - 1) // 2] = heap[(place - 1) // 2], heap[place]
                place = (place - 1) // 2
        elif k and totals[row] > totals[heap[0]]:
            heap[0] = row
            _sink(totals, heap, size)
    for last in range(size - 1, 0, -1):
        heap[0], heap[last] = heap[last], heap[0]
        _sink(totals, heap, last)
    return heap[:size]


@njit(cache=True, nogil=True)
def _behind(totals: Floats, row: int, other: int) -> bool:
    return totals[row] < totals[other] or (totals[row] == totals[other] and row > other)


@njit(cache=True, nogil=True)
def _sink(totals: Floats, heap: Rows, size: int) -> None:
    place = 0
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and _behind(totals, heap[child + 1], heap[child]):
            child += 1
        if not _behind(totals, heap[child], heap[place]):
            return
        heap[place], heap[child] = heap[child], heap[place]
        place = child
