"""What a draft leaves unsaid, and what each gap costs in the ranking, by the engine's own signals and weights."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from matching.corpus import TEXTS, config_in_force
from matching.engine.explain import FACETS
from matching.engine.features import SIGNALS
from matching.engine.types import Config, Geography, Profile
from solutions.enums import Kind

STEPS: Final = {
    "goals": "topics", "targets": "topics", "sectors": "topics", "modalities": "topics", "country": "basics",
    "preferences": "cooperation", "dates": "cooperation", "working_languages": "cooperation",
}  # fmt: skip
"""The step of the posting form in which a facet is stated."""
TARGETS_SHARE: Final = 0.25
"""Of the goals' weight: what the targets add once the goals are stated (engine.features.Sdg)."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A facet that a draft does not state: what it is called, what a perfect answer loses by it, where it is stated."""

    facet: str
    points: float
    step: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """The points of 100 that a perfect answer would get, what the rest is lost by, and the texts that are empty."""

    points: float
    gaps: tuple[Gap, ...]
    empty_texts: tuple[str, ...]


def completeness_of(*, profile: Profile, missing: tuple[str, ...]) -> Completeness:
    """Weigh what a draft leaves out; `missing` are its empty fields. The dearest gaps come first."""
    config = config_in_force()
    side = "demand" if profile.kind == "demand" else "supply"
    costs: Counter[str] = Counter()
    for signal in SIGNALS:
        if signal.name in config.weights:
            costs.update(_costs(signal.name, _silent(signal, profile, side, config), config))
    gaps = [Gap(_(FACETS[facet][1]), points, STEPS[facet]) for facet, points in costs.most_common() if facet in STEPS]
    texts = tuple(name for name in TEXTS[Kind(profile.kind)] if name in missing)
    return Completeness(100 - sum(gap.points for gap in gaps), tuple(gaps), texts)


def _silent(signal: type, profile: Profile, side: str, config: Config) -> list[str]:
    """Return the facets that a signal misses in a profile, whoever is on the other side."""
    other = replace(profile, kind="offer" if side == "demand" else "demand")
    demand, supply = (profile, other) if side == "demand" else (other, profile)
    named = signal([supply], Geography(), config).missing(demand, supply)
    return [facet for who, _dot, facet in (name.partition(".") for name in named) if who == side]


def _costs(feature: str, facets: list[str], config: Config) -> dict[str, float]:
    """Return the points that each facet could add: silent, it counts as average."""
    open_share = 1 - config.neutral[feature]
    shares = dict.fromkeys(facets, open_share)
    if "targets" in shares:
        shares["targets"] = TARGETS_SHARE
        if "goals" in shares:
            shares["goals"] = open_share - TARGETS_SHARE
    return {facet: 100 * config.weights[feature] * share for facet, share in shares.items()}
