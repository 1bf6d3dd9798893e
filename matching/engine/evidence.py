"""What two texts share, in the words of both: the terms a text value rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from matching.engine.segments.counts import GRAM, Document
from matching.engine.types import Evidence

MOST = 8  # pairs a reader takes in
SAME_MEANING = 0.5  # more than this part of what both wordings mean
RELATED = 0.25  # at least this part: below it a pair says nothing to a reader

Read = Callable[[str, str], Mapping[str, float]]  # wording, language → its terms, which weigh 1 together


def shared_terms(
    demand: Document, supply: Document, asked: Mapping[str, float], given: Mapping[str, float], read: Read
) -> tuple[Evidence, ...]:
    """Return the heaviest pairs of wordings, each wording once; a pair's value is its share of the text score.

    ``asked`` and ``given`` weigh the terms of either document. A pair is named by its heaviest term. N-grams are left
    out: part of a word is no reason that a person can check. So are a word of a phrase that is shown, and pairs that
    have too little of their meaning in common, where there are others.
    """
    shares = {key: weight * given[key] for key, weight in asked.items() if key in given}
    total = sum(shares.values())
    pairs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key in sorted(shares, key=lambda key: (-shares[key], key)):
        if not key.startswith(GRAM) and shares[key]:
            pairs[demand.surfaces[key], supply.surfaces[key]].append(key)
    chosen: list[Evidence] = []
    weak: list[Evidence] = []
    for (wanted, offered), keys in sorted(
        pairs.items(), key=lambda item: (-sum(shares[key] for key in item[1]), item[1][0])
    ):
        if len(chosen) == MOST:
            break
        if any(_within(wanted, item.demand_surface) or _within(offered, item.supply_surface) for item in chosen):
            continue
        common = _common(_meaning(demand, wanted, keys[0], read), _meaning(supply, offered, keys[0], read))
        same = wanted.casefold() == offered.casefold()
        value = sum(shares[key] for key in keys) / total
        found = Evidence(keys[0], wanted, offered, value, exact=same or common > SAME_MEANING)
        (chosen if same or common >= RELATED else weak).append(found)
    return tuple(chosen or weak[:1])


def _meaning(found: Document, wording: str, key: str, read: Read) -> Mapping[str, float]:
    """Return what a wording means by itself, in the document's language; sectors are in English in any document."""
    meaning = read(wording, found.language)
    return meaning if key in meaning else read(wording, "en")


def _common(wanted: Mapping[str, float], offered: Mapping[str, float]) -> float:
    """Return the part of their meaning that two wordings have in common."""
    shared = wanted.keys() & offered.keys()
    return sum(min(wanted[key], offered[key]) for key in shared)


def _within(one: str, other: str) -> bool:
    """Say whether one of two wordings is the other, or words of it."""
    one, other = f" {one.casefold()} ", f" {other.casefold()} "
    return one in other or other in one
