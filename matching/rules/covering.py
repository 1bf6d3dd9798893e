"""Which providers would cover the need lines of a demand that nobody covers yet."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import combinations
from typing import TypeVar

Provider = TypeVar("Provider", bound=Hashable)

EXACT_UP_TO = 16
"""Useful providers among whom the smallest set is sought by trying all; beyond, the greedy answer stands."""


def smallest_cover(
    needed: frozenset[int], offers: Mapping[Provider, frozenset[int]]
) -> tuple[list[Provider], frozenset[int]]:
    """Return the fewest providers that together cover most of what is needed, and what nobody covers.

    Among sets of one size the one whose members come first in `offers` wins, so order providers best first. Exact for
    up to EXACT_UP_TO providers that none other outdoes; beyond, greedy: at most ln(lines) + 1 times as many as needed
    (Chvátal 1979).
    """
    reachable = needed & frozenset().union(*offers.values())
    useful = _undominated({who: lines & reachable for who, lines in offers.items() if lines & reachable})
    greedy = _greedy(reachable, useful)
    if len(useful) <= EXACT_UP_TO:
        for size in range(1, len(greedy)):
            for chosen in combinations(useful, size):
                if frozenset().union(*(useful[who] for who in chosen)) == reachable:
                    return list(chosen), needed - reachable
    return greedy, needed - reachable


def _undominated(offers: Mapping[Provider, frozenset[int]]) -> dict[Provider, frozenset[int]]:
    """Leave out providers whose lines another one covers too: all and more, or just the same and comes first."""
    kept: dict[Provider, frozenset[int]] = {}
    for who, lines in sorted(offers.items(), key=lambda item: -len(item[1])):
        if not any(lines <= other for other in kept.values()):
            kept[who] = lines
    return {who: kept[who] for who in offers if who in kept}


def _greedy(needed: frozenset[int], offers: Mapping[Provider, frozenset[int]]) -> list[Provider]:
    chosen: list[Provider] = []
    left = needed
    while left:
        best = max(offers, key=lambda who: len(offers[who] & left))  # the first of equals
        chosen.append(best)
        left -= offers[best]
    return chosen
