"""What two texts share, in the words of both: the terms a text value rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from matching.engine.segments.counts import GRAM, Document
from matching.engine.types import Evidence

MOST = 8  # pairs a reader takes in
SAME_MEANING = 0.5  # of what either wording means


def shared_terms(
    demand: Document, supply: Document, asked: Mapping[str, float], given: Mapping[str, float]
) -> tuple[Evidence, ...]:
    """Return the heaviest pairs of wordings, each wording once; a pair's value is its share of the text score.

    ``asked`` and ``given`` weigh the terms of either document. A pair is named by its heaviest term. N-grams are left
    out: part of a word is no reason that a person can check.
    """
    shares = {key: weight * given[key] for key, weight in asked.items() if key in given}
    total = sum(shares.values())
    pairs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key in sorted(shares, key=lambda key: (-shares[key], key)):
        if not key.startswith(GRAM) and shares[key]:
            pairs[demand.surfaces[key], supply.surfaces[key]].append(key)
    meant, said = _by_surface(demand), _by_surface(supply)
    found = [
        Evidence(
            key=keys[0],
            demand_surface=wanted,
            supply_surface=offered,
            value=sum(shares[key] for key in keys) / total,
            exact=wanted.casefold() == offered.casefold()
            or min(_sum(demand, keys) / meant[wanted], _sum(supply, keys) / said[offered]) >= SAME_MEANING,
        )
        for (wanted, offered), keys in pairs.items()
    ]
    chosen: list[Evidence] = []
    taken: set[tuple[str, str]] = set()
    for item in sorted(found, key=lambda item: (-item.value, item.key)):
        sides = {("demand", item.demand_surface), ("supply", item.supply_surface)}
        if len(chosen) < MOST and taken.isdisjoint(sides):
            chosen.append(item)
            taken |= sides
    return tuple(chosen)


def _by_surface(found: Document) -> Mapping[str, float]:
    """Return what each wording of a document counts for in all, n-grams aside."""
    counts: defaultdict[str, float] = defaultdict(float)
    for key, surface in found.surfaces.items():
        if not key.startswith(GRAM):
            counts[surface] += found.counts[key]
    return counts


def _sum(found: Document, keys: Iterable[str]) -> float:
    return sum(found.counts[key] for key in keys)
