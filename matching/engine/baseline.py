"""The plain implementation that the ranking is compared with: what scikit-learn gives in three lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.engine.types import Profile


class PlainRanker:
    """Rank by the cosine of TF-IDF vectors of words and word pairs; no facets, no languages, no constraints."""

    def __init__(self, supplies: Sequence[Profile]) -> None:
        self._ids = sorted(supply.id for supply in supplies)
        texts = {supply.id: _text(supply) for supply in supplies}
        self._vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        self._matrix = self._vectorizer.fit_transform([texts[supply] for supply in self._ids])

    def order(self, demand: Profile) -> list[str]:
        """Return the ids of all supplies, best first; ties by id."""
        scores = (self._matrix @ self._vectorizer.transform([_text(demand)]).T).toarray().ravel()
        return [self._ids[row] for row in np.argsort(-scores, kind="stable")]


def _text(profile: Profile) -> str:
    return f"{profile.title}\n{profile.summary}\n{profile.body}"
