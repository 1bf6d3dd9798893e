"""Which of many supplies has which codes: one column a code."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

import numpy as np
import scipy.sparse as sp

from matching.engine.kernel import Floats


class Shares:
    """Hold which of the N supplies has which codes, and how surely (0..1)."""

    def __init__(self, rows: Iterable[Mapping[Hashable, float]]) -> None:
        self.columns: dict[Hashable, int] = {}
        indptr, indices, data = [0], [], []
        for row in rows:
            for code, weight in row.items():
                indices.append(self.columns.setdefault(code, len(self.columns)))
                data.append(weight)
            indptr.append(len(indices))
        shape = (len(indptr) - 1, max(len(self.columns), 1))
        self.matrix = sp.csr_array((data, indices, indptr), shape=shape, dtype=np.float64).tocsc()
        self.stated = np.diff(indptr) > 0

    def overlap(self, wanted: Mapping[Hashable, float]) -> Floats:
        """Return, for each supply, the sum of wanted weight x held weight."""
        known = [(self.columns[code], weight) for code, weight in wanted.items() if code in self.columns]
        total: Floats = np.zeros(self.matrix.shape[0])
        for column, weight in known:
            start, end = self.matrix.indptr[column : column + 2]
            total[self.matrix.indices[start:end]] += weight * self.matrix.data[start:end]
        return total


def once(codes: Iterable[Hashable]) -> dict[Hashable, float]:
    """Weigh each code 1."""
    return dict.fromkeys(codes, 1.0)
