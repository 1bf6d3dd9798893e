"""Rank supplies for a demand: constraints, then text and facets, then the best k as hits with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from matching.engine.constraints import exclusion
from matching.engine.evidence import shared_terms
from matching.engine.index import Analysis, Index, document
from matching.engine.kernel import TOGETHER, Asked, Floats, Rows, form_for
from matching.engine.segments.counts import GRAM, Document, pack
from matching.engine.segments.exclusions import Exclusions
from matching.engine.segments.facets import Comparison
from matching.engine.segments.reverse import Standing
from matching.engine.segments.segment import Scored, Segment, Supplies, united
from matching.engine.types import Config, Exclusion, Geography, Hit, Profile, Ranking, Reason

if TYPE_CHECKING:
    from matching.engine.generations import Generation

FIRST_PAGE = 10  # near-duplicates do not fill it
YOUNG = 64  # changes that are made into a segment again with every further one
GROWTH = 16  # a segment joins one that is at most so many times as large


class Place(NamedTuple):
    """Be one supply of a ranking: sorts best first, ties by id."""

    behind: float  # the total, negative
    supply_id: str
    segment: int
    row: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold one demand against every segment, as it was asked."""

    demand: Profile
    document: Document
    weights: Mapping[str, float]
    scale: float
    asked: Sequence[Asked]
    scored: Sequence[Scored]


class Ranker:
    """Rank the supplies it was fitted on. The same input gives the same output, in whatever order it comes."""

    def __init__(self, config: Config, geography: Geography, analyser: Analysis) -> None:
        self.config = config
        self.geography = geography
        self.analyser = analyser
        self.segments_: list[Segment] = []
        self._extra: dict[str, int] = {}  # terms that only changes have, and their columns
        self._readings: dict[tuple[str, str], Mapping[str, float]] = {}  # what was read once is kept

    def fit(self, supplies: Iterable[Profile]) -> Self:
        """Analyse and index the supplies; rows are in the order of their ids."""
        found = self._analysed(supplies)
        return self.over(found, Index.of(found.counts, self.config))

    @classmethod
    def from_generation(cls, generation: Generation, geography: Geography, analyser: Analysis) -> Self:
        """Return a ranker over a generation; pages of it are read when they are used, and shared."""
        return cls(generation.index.config, geography, analyser).over(generation.supplies, generation.index)

    def over(self, supplies: Supplies, index: Index, statistics: Index | None = None) -> Self:
        """Rank these supplies by the weights of an index, demands weighed by it too or by other statistics."""
        self.statistics_ = statistics or index
        self.segments_ = [self._segment(supplies, index)]
        self._extra = {}
        return self

    def copy(self) -> Ranker:
        """Return a ranker over the same supplies, whose changes leave this one as it is."""
        found = Ranker(self.config, self.geography, self.analyser)
        found.statistics_ = self.statistics_
        found.segments_ = [segment.copy() for segment in self.segments_]
        found._extra = dict(self._extra)
        found._readings = self._readings
        return found

    def put(self, supplies: Iterable[Profile]) -> None:
        """Add supplies, in place of those that have their ids; they weigh by the statistics of the first segment.

        The newest changes are a small segment, made again with every change; when it is full it joins the one before.
        """
        new = self._analysed(supplies)
        self.remove(new.ids)
        while len(self.segments_) > 1 and len(self.segments_[-1]) <= max(YOUNG, GROWTH * len(new.ids)):
            new = united([self.segments_.pop().present(), new])
        first = self.statistics_
        index = Index.of(new.counts, self.config, like=first)
        columns = first.columns(new.counts.keys)
        unseen = len(first.vocabulary)
        common = [
            self._extra.setdefault(key, unseen + len(self._extra)) if column == unseen else column
            for key, column in zip(new.counts.keys, columns.tolist(), strict=True)
        ]
        self.segments_.append(self._segment(new, index, np.array(common, dtype=np.int64)))

    def remove(self, supply_ids: Iterable[str]) -> None:
        """Rank these supplies no more; ids that are not here are passed over."""
        for supply_id in supply_ids:
            for segment in self.segments_:
                row = segment.row_of(supply_id)
                if row is not None:
                    segment.gone.add(row)

    def rank(self, demand: Profile, k: int = 20, *, today: date) -> Ranking:
        """Return the k best supplies for a demand, with reasons, and those that were excluded."""
        return self.ranked(demand, k, today=today)[0]

    def ranked(
        self, demand: Profile, k: int = 20, *, today: date, found: Document | None = None
    ) -> tuple[Ranking, Standing]:
        """Return the ranking of the k best and what the reverse index keeps of it.

        ``found``: the demand's document, where its text was analysed before.
        """
        return next(self.ranked_many([(demand, found)], k, today=today))

    def ranked_many(
        self, demands: Iterable[tuple[Profile, Document | None]], k: int = 20, *, today: date
    ) -> Iterator[tuple[Ranking, Standing]]:
        """Yield what ranked returns for one demand after another; some are scored together, which takes less time."""
        waiting = iter(demands)
        while group := list(islice(waiting, TOGETHER)):
            for answer in self._ask_all(group, today):
                yield self._ranked(answer, k, today)

    def _ranked(self, answer: Answer, k: int, today: date) -> tuple[Ranking, Standing]:
        first, seen, edge = self._look(answer, k)
        places = _in_order(first, seen, k)
        ranking = Ranking(
            demand_id=answer.demand.id,
            hits=tuple(self._hit(answer, place, rank) for rank, place in enumerate(places, 1)),
            excluded=Exclusions(
                answer.demand, [(scored.segment, scored.forbidden) for scored in answer.scored], self.geography, today
            ),
        )
        return ranking, _standing(answer, seen, edge)

    def order(self, demand: Profile, k: int | None = None, *, today: date) -> list[tuple[str, float]]:
        """Return the ids and scores of the k best supplies, or of all that may answer, without reasons."""
        answer = self._ask(demand, today)
        return [(place.supply_id, -place.behind) for place in self._order(answer, self._size() if k is None else k)]

    def standing(self, demand: Profile, k: int = 20, *, today: date) -> Standing:
        """Return what the reverse index keeps of a demand's ranking of the k best."""
        answer = self._ask(demand, today)
        _, seen, edge = self._look(answer, k)
        return _standing(answer, seen, edge)

    def explain(self, demand: Profile, supply_id: str, *, today: date) -> Hit | Exclusion:
        """Return the hit of one pair with its rank among all supplies, or why the supply is excluded.

        Raises KeyError for a supply that the ranker does not hold.
        """
        supply = self.supply(supply_id)
        excluded = exclusion(demand, supply, self.geography, today)
        if excluded:
            return excluded
        answer = self._ask(demand, today)
        places = self._order(answer, self._size())
        rank = next(rank for rank, place in enumerate(places) if place.supply_id == supply_id)
        return self._hit(answer, places[rank], rank + 1)

    def supply(self, supply_id: str) -> Profile:
        """Return what is known of a supply, texts aside. Raises KeyError when there is none."""
        for segment in self.segments_:
            row = segment.row_of(supply_id)
            if row is not None:
                return segment.supplies.profiles[row]
        raise KeyError(supply_id)

    def supplies(self) -> Supplies:
        """Return all that the ranker holds, as one."""
        return united([segment.present() for segment in self.segments_])

    def changes(self) -> int:
        """Return how many supplies came, changed or went since the first segment was made."""
        return len(self.segments_[0].gone) + sum(len(segment) for segment in self.segments_[1:])

    def _analysed(self, supplies: Iterable[Profile]) -> Supplies:
        profiles = sorted(supplies, key=lambda supply: supply.id)
        return Supplies.of(profiles, pack([document(supply, self.analyser, self.config) for supply in profiles]))

    def _segment(self, supplies: Supplies, index: Index, common: Rows | None = None) -> Segment:
        compared = Comparison(supplies.facets, self.geography, self.config)
        return Segment(supplies, index, compared, common)

    def _size(self) -> int:
        return sum(len(segment) for segment in self.segments_)

    def _ask(self, demand: Profile, today: date) -> Answer:
        """Score a demand against every segment, by the same statistics."""
        return self._ask_all([(demand, None)], today)[0]

    def _ask_all(self, demands: Sequence[tuple[Profile, Document | None]], today: date) -> list[Answer]:
        """Score some demands together."""
        profiles = [demand for demand, _ in demands]
        documents = [found or document(demand, self.analyser, self.config) for demand, found in demands]
        weights = [self.statistics_.asked(found) for found in documents]
        scales = [self.statistics_.self_score(found) for found in documents]
        asked = [
            [segment.index.query(*each) for each in zip(weights, scales, strict=True)] for segment in self.segments_
        ]
        scored = [
            segment.score_all(profiles, queries, today) for segment, queries in zip(self.segments_, asked, strict=True)
        ]
        answers = zip(
            profiles, documents, weights, scales, zip(*asked, strict=True), zip(*scored, strict=True), strict=True
        )
        return [Answer(*answer) for answer in answers]

    def _order(self, answer: Answer, k: int) -> list[Place]:
        """Return the k best places; what nearly repeats one of the first ten comes after them."""
        first, seen, _ = self._look(answer, k)
        return _in_order(first, seen, k)

    def _look(self, answer: Answer, k: int) -> tuple[list[Place], list[Place], Place | None]:
        """Return the first page, all places that were looked at for the k best, best first, and the last of those.

        What stands behind the last changes nothing; it is None when every supply was looked at.
        """
        size = max(k, 2 * FIRST_PAGE)
        while True:
            pool = self._pool(answer, size)
            first, looked_at = self._first_page(pool)
            if len(first) == FIRST_PAGE or len(pool) < size:
                break
            size *= 4  # so many near-duplicates that the page is not full yet
        depth = max(k, looked_at)
        full = len(first) == FIRST_PAGE and depth <= len(pool)
        return first, pool[:depth], pool[depth - 1] if full else None

    def _pool(self, answer: Answer, size: int) -> list[Place]:
        """Return the best places of all segments, best first."""
        places = []
        for number, scored in enumerate(answer.scored):
            ids = scored.segment.supplies.ids
            rows = form_for(scored.totals.size).best(scored.totals, size).tolist()
            places += [Place(-float(scored.totals[row]), ids[row], number, row) for row in rows]
        return sorted(places)[:size]

    def _first_page(self, pool: Sequence[Place]) -> tuple[list[Place], int]:
        """Return the first ten places of which none nearly repeats one before it, and how many were looked at."""
        chosen: list[Place] = []
        for start in range(0, len(pool), FIRST_PAGE):
            block = [*chosen, *pool[start : start + FIRST_PAGE]]
            alike = self._cosines(block) > self.config.twin_cosine
            kept = list(range(len(chosen)))
            for number in range(len(chosen), len(block)):
                if not alike[number, kept].any():
                    kept.append(number)
                if len(kept) == FIRST_PAGE:
                    return [block[number] for number in kept], start + number - len(chosen) + 1
            chosen = [block[number] for number in kept]
        return chosen, len(pool)

    def _cosines(self, places: Sequence[Place]) -> Floats:
        """Return the cosine of every two texts."""
        found = [self.segments_[place.segment].weights(place.row) for place in places]
        known, columns = np.unique(np.concatenate([terms for terms, _ in found]), return_inverse=True)
        rows = np.repeat(np.arange(len(found)), [terms.size for terms, _ in found])
        vectors = np.zeros((len(found), known.size))
        vectors[rows, columns] = np.concatenate([weights for _, weights in found])
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(norms > 0, norms, 1.0)
        cosines: Floats = vectors @ vectors.T
        return cosines

    def _hit(self, answer: Answer, place: Place, rank: int) -> Hit:
        scored = answer.scored[place.segment]
        supply = scored.segment.supplies.profiles[place.row]
        reasons = [self._text_reason(answer, place)]
        missing: dict[str, None] = {}
        for signal, value, stated in scored.values_of(place.row):
            reasons.append(
                Reason(
                    feature=signal.name,
                    weight=self.config.weights[signal.name],
                    value=value,
                    detail=signal.detail(answer.demand, supply) if stated else (),
                )
            )
            missing.update(dict.fromkeys(signal.missing(answer.demand, supply)))
        return Hit(
            demand_id=answer.demand.id,
            supply_id=supply.id,
            reasons=tuple(reasons),
            missing=tuple(missing),
            rank=rank,
            thresholds=self.config.thresholds,
        )

    def _text_reason(self, answer: Answer, place: Place) -> Reason:
        """Explain a text value by the terms that both texts share."""
        scored = answer.scored[place.segment]
        supply, given = scored.segment.index.shared(place.row, answer.asked[place.segment])
        evidence = shared_terms(answer.document, supply, answer.weights, given, self._read)
        return Reason("text", self.config.weights["text"], float(scored.texts[place.row]), evidence)

    def _read(self, wording: str, language: str) -> Mapping[str, float]:
        """Return the terms of a wording by itself, which weigh 1 together; n-grams aside."""
        memo = (wording, language)
        if memo not in self._readings:
            terms = [term for term in self.analyser.analyse(wording, language) if not term.key.startswith(GRAM)]
            total = sum(term.weight for term in terms)
            self._readings[memo] = {term.key: term.weight / total for term in terms}
        return self._readings[memo]


def _in_order(first: list[Place], seen: Sequence[Place], k: int) -> list[Place]:
    """Return the first page, and after it the best of what else was looked at: k in all."""
    taken = set(first)
    return (first + [place for place in seen if place not in taken])[:k]


def _standing(answer: Answer, seen: Sequence[Place], edge: Place | None) -> Standing:
    return Standing(
        demand=answer.demand,
        found=answer.document,
        weights=answer.weights,
        scale=answer.scale,
        edge=edge and (edge.behind, edge.supply_id),
        looked_at=tuple(place.supply_id for place in seen),
    )
