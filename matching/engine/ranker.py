"""Rank supplies for a demand: constraints, then text and facets, then the best k as hits with reasons."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.engine.constraints import Constraints
from matching.engine.evidence import shared_terms
from matching.engine.features import SIGNALS, Signal
from matching.engine.index import Analysis, Document, Floats, Index, document, top_rows
from matching.engine.types import Config, Exclusion, Geography, Hit, Profile, Ranking, Reason

FIRST_PAGE = 10  # near-duplicates do not fill it


@dataclass(frozen=True, slots=True)
class Scored:
    """Hold one demand against all N supplies: each feature's values, where they are stated, and their sum.

    ``asked``: the weights of the demand's terms.
    """

    demand: Profile
    document: Document
    asked: Mapping[str, float]
    values: Mapping[str, Floats]
    stated: Mapping[str, NDArray[np.bool_]]
    total: Floats
    excluded: Mapping[int, Exclusion]


class Ranker:
    """Rank the supplies it was fitted on. The same input gives the same output, in whatever order it comes."""

    def __init__(self, config: Config, geography: Geography, analyser: Analysis) -> None:
        self.config = config
        self.geography = geography
        self.analyser = analyser

    def fit(self, supplies: Iterable[Profile]) -> Self:
        """Analyse and index the supplies; rows are in the order of their ids."""
        self.supplies_ = sorted(supplies, key=lambda supply: supply.id)
        self.row_of_ = {supply.id: row for row, supply in enumerate(self.supplies_)}
        self.documents_ = [document(supply, self.analyser, self.config) for supply in self.supplies_]
        self.index_ = Index.weigh(self.documents_, self.config)
        self.constraints_ = Constraints(self.supplies_, self.geography)
        self.signals_: list[Signal] = [
            signal(self.supplies_, self.geography, self.config)
            for signal in SIGNALS
            if self.config.weights.get(signal.name)
        ]
        return self

    def rank(self, demand: Profile, k: int = 20, *, today: date) -> Ranking:
        """Return the k best supplies for a demand, with reasons, and those that were excluded."""
        scored = self._score(demand, today)
        rows = self._order(scored, k)
        return Ranking(
            demand_id=demand.id,
            hits=tuple(self._hit(scored, row, rank) for rank, row in enumerate(rows, 1)),
            excluded=tuple(scored.excluded.values()),
        )

    def rank_many(self, demands: Iterable[Profile], k: int = 20, *, today: date) -> Iterator[Ranking]:
        """Rank for one demand after another."""
        for demand in demands:
            yield self.rank(demand, k, today=today)

    def order(self, demand: Profile, k: int | None = None, *, today: date) -> list[tuple[str, float]]:
        """Return the ids and scores of the k best supplies, or of all that may answer, without reasons."""
        scored = self._score(demand, today)
        rows = self._order(scored, len(self.supplies_) if k is None else k)
        return [(self.supplies_[row].id, float(scored.total[row])) for row in rows]

    def explain(self, demand: Profile, supply_id: str, *, today: date) -> Hit | Exclusion:
        """Return the hit of one pair with its rank among all supplies, or why the supply is excluded.

        Raises KeyError for a supply that the ranker was not fitted on.
        """
        row = self.row_of_[supply_id]
        scored = self._score(demand, today)
        if row in scored.excluded:
            return scored.excluded[row]
        return self._hit(scored, row, self._order(scored, len(self.supplies_)).index(row) + 1)

    def _score(self, demand: Profile, today: date) -> Scored:
        found = document(demand, self.analyser, self.config)
        values: dict[str, Floats] = {"text": self.index_.texts(self.index_.query(found)).astype(np.float64)}
        stated: dict[str, NDArray[np.bool_]] = {}
        for signal in self.signals_:
            raw = signal.values(demand, today)
            stated[signal.name] = ~np.isnan(raw)
            values[signal.name] = np.where(stated[signal.name], raw, self.config.neutral[signal.name])
        total: Floats = np.zeros(len(self.supplies_))
        for name, value in values.items():
            total += self.config.weights[name] * value
        excluded = self.constraints_.exclusions(demand, today)
        return Scored(demand, found, self.index_.asked(found), values, stated, total, excluded)

    def _order(self, scored: Scored, k: int) -> list[int]:
        """Return the k best rows; what nearly repeats one of the first ten comes after them."""
        allowed = np.ones(len(self.supplies_), dtype=bool)
        allowed[list(scored.excluded)] = False
        size = max(k, 2 * FIRST_PAGE)
        while True:
            pool = top_rows(scored.total, size, allowed).tolist()
            first = self._first_page(pool)
            if len(first) == FIRST_PAGE or len(pool) < size:
                break
            size *= 4  # so many near-duplicates that the page is not full yet
        taken = set(first)
        return (first + [row for row in pool if row not in taken])[:k]

    def _first_page(self, rows: Iterable[int]) -> list[int]:
        """Return the first ten rows of which none nearly repeats one before it."""
        chosen: dict[int, Mapping[str, float]] = {}
        for row in rows:
            if len(chosen) == FIRST_PAGE:
                break
            given = self.index_.given(self.documents_[row])
            if all(_cosine(given, other) <= self.config.twin_cosine for other in chosen.values()):
                chosen[row] = given
        return list(chosen)

    def _hit(self, scored: Scored, row: int, rank: int) -> Hit:
        supply = self.supplies_[row]
        reasons = [self._text_reason(scored, row)]
        missing: dict[str, None] = {}
        for signal in self.signals_:
            reasons.append(
                Reason(
                    feature=signal.name,
                    weight=self.config.weights[signal.name],
                    value=float(scored.values[signal.name][row]),
                    detail=signal.detail(scored.demand, supply) if scored.stated[signal.name][row] else (),
                )
            )
            missing.update(dict.fromkeys(signal.missing(scored.demand, supply)))
        return Hit(
            demand_id=scored.demand.id,
            supply_id=supply.id,
            reasons=tuple(reasons),
            missing=tuple(missing),
            rank=rank,
            thresholds=self.config.thresholds,
        )

    def _text_reason(self, scored: Scored, row: int) -> Reason:
        """Explain a text value by the terms that both texts share."""
        supply = self.documents_[row]
        evidence = shared_terms(scored.document, supply, scored.asked, self.index_.given(supply))
        return Reason("text", self.config.weights["text"], float(scored.values["text"][row]), evidence)


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    dot = sum(weight * other.get(key, 0.0) for key, weight in one.items())
    norms = math.hypot(*one.values()) * math.hypot(*other.values())
    return dot / norms if norms else 0.0
