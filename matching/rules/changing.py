"""Why a run proposed, moved or withdrew a match: decided from what was known before and after."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any, NamedTuple

from matching.enums import ChangeReason

Explanation = Mapping[str, Any]


class Basis(NamedTuple):
    """Name all that one ranking of a demand rested on, apart from the supplies."""

    engine: str  # weights, a hyphen, analysis and terms
    generation: str
    day: date
    text: str
    facets: str


class Supply(NamedTuple):
    """Say what became of a supply since the demand was ranked last."""

    ranked: bool
    new: bool
    edited: bool
    excluded: bool = False


def why(
    before: Explanation | None, after: Explanation | None, *, was: Basis | None, now: Basis | None, supply: Supply
) -> ChangeReason:
    """Return the first reason that holds, those that people brought about first.

    `before` and `after` are explanations, None where the pair was not or is not listed; `now` is None for a demand
    that is not ranked any more, `was` for one that was not ranked before.
    """
    if now is None:
        return ChangeReason.DEMAND_CLOSED
    if after is None and not supply.ranked:
        return ChangeReason.SUPPLY_REMOVED
    if after is None and supply.excluded:
        return ChangeReason.EXCLUDED
    if was is None:
        return ChangeReason.ENGINE if before else ChangeReason.NEW_DEMAND
    if before is None and supply.new:
        return ChangeReason.NEW_SUPPLY
    if was.text != now.text:
        return ChangeReason.TEXT
    if was.facets != now.facets:
        return ChangeReason.FACET
    if supply.edited and (edited := _edited(before, after)):
        return edited
    if before and after and before["reasons"] == after["reasons"]:
        return ChangeReason.OTHERS
    return _versions(was, now)


def _edited(before: Explanation | None, after: Explanation | None) -> ChangeReason | None:
    """Tell which side of an edited supply the score shows; None when it shows neither."""
    if before is None or after is None:
        return ChangeReason.EDITED
    if _words(before) != _words(after):
        return ChangeReason.TEXT
    return ChangeReason.FACET if _facets(before) != _facets(after) else None


def _versions(was: Basis, now: Basis) -> ChangeReason:
    if was.engine.partition("-")[0] != now.engine.partition("-")[0]:
        return ChangeReason.WEIGHTS
    if was.engine != now.engine:
        return ChangeReason.ENGINE
    if was.generation != now.generation:
        return ChangeReason.STATISTICS
    return ChangeReason.DATE if was.day != now.day else ChangeReason.OTHERS


def _words(explanation: Explanation) -> set[Hashable]:
    """Return the wordings that a score shows; how much each counts changes with the rest of the catalogue too."""
    found = (item for reason in explanation["reasons"] for item in reason["evidence"])
    return {(item["demand_surface"], item["supply_surface"]) for item in found}


def _facets(explanation: Explanation) -> list[Hashable]:
    """Return what each facet states and is worth."""
    return [
        (reason["feature"], reason["value"], repr(reason["detail"]))
        for reason in explanation["reasons"]
        if reason["feature"] != "text"
    ]
