"""Measure a ranking against judgements: nDCG@10, recall@10, MRR, P@1, with standard errors.

nDCG uses linear gains (gain = grade) and the discount 1/log2(rank + 1) of Järvelin and Kekäläinen (2002);
the ideal order is made of the judged supplies. Pairs that nobody judged count as grade 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from matching.engine.records import Qrels
from matching.engine.types import Profile

CUT = 10
ORDERS = ("all", "same", "cross")

Rank = Callable[[Profile], Sequence[str]]  # demand → ids of all supplies that may answer, best first


@dataclass(frozen=True, slots=True)
class Scores:
    """Hold the four measures of one demand, each in 0..1."""

    ndcg: float
    recall: float
    mrr: float
    p1: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Hold means over ``n`` demands, and the standard error of each mean."""

    n: int
    mean: Scores
    error: Scores


def score_one(ranked: Sequence[str], grades: Mapping[str, int], cut: int = CUT) -> Scores:
    """Score one ranked list of supply ids against grades by supply id; at least one grade must be above 0."""
    gains = [grades.get(supply, 0) for supply in ranked[:cut]]
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    first = next((place for place, supply in enumerate(ranked, 1) if grades.get(supply, 0) > 0), None)
    return Scores(
        ndcg=_dcg(gains) / _dcg(ideal[:cut]),
        recall=sum(gain > 0 for gain in gains) / len(ideal),
        mrr=1 / first if first else 0.0,
        p1=float(first == 1),
    )


def summarise(scores: Sequence[Scores]) -> Summary:
    """Average the scores of several demands; the standard error of a single demand is 0."""
    columns = [[getattr(score, name) for score in scores] for name in Scores.__slots__]
    root = math.sqrt(len(scores))
    return Summary(
        n=len(scores),
        mean=Scores(*(fmean(column) for column in columns)),
        error=Scores(*(stdev(column) / root if len(column) > 1 else 0.0 for column in columns)),
    )


def evaluate(records: Iterable[Profile], qrels: Qrels, rank: Rank, *, by_pair: bool = True) -> dict[str, Summary]:
    """Measure ``rank`` over everything, within and across languages, and by language pair.

    ``same`` and ``cross`` keep only the supplies in the demand's own language, or in any other; "fr→ar" keeps
    Arabic supplies for French demands. A demand counts where a relevant supply of it is kept.
    """
    by_id = {record.id: record for record in records}
    supplies = {entry: record.language for entry, record in by_id.items() if record.kind != "demand"}
    found: dict[str, list[Scores]] = {}
    for demand_id in sorted(qrels):
        demand = by_id[demand_id]
        ranked = rank(demand)
        subsets = {
            "all": set(supplies),
            "same": {entry for entry, language in supplies.items() if language == demand.language},
            "cross": {entry for entry, language in supplies.items() if language != demand.language},
        }
        for spoken in sorted(set(supplies.values())) if by_pair else ():
            subset = {entry for entry, language in supplies.items() if language == spoken}
            subsets[f"{demand.language}→{spoken}"] = subset
        for name, subset in subsets.items():
            grades = {entry: grade for entry, grade in qrels[demand_id].items() if entry in subset}
            if any(grades.values()):
                found.setdefault(name, []).append(score_one([entry for entry in ranked if entry in subset], grades))
    order = [name for name in ORDERS if name in found] + sorted(found.keys() - set(ORDERS))
    return {name: summarise(found[name]) for name in order}


def unknown_ids(records: Iterable[Profile], qrels: Qrels) -> list[str]:
    """Return the ids that were judged but are no demand, or no supply, among the records."""
    kinds = {record.id: record.kind for record in records}
    demands = {demand for demand in qrels if kinds.get(demand) != "demand"}
    judged = {supply for grades in qrels.values() for supply in grades}
    supplies = {supply for supply in judged if kinds.get(supply, "demand") == "demand"}
    return sorted(demands | supplies)


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))
