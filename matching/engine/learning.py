"""Learn weights from what curators decide, cautiously: near the shipped ones, never negative, published only if better.

Logistic regression with a Gaussian prior around the weights in use (maximum a posteriori). A dismissal teaches only the
features that its reason speaks of; the others keep their weight in that decision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.model_selection import GroupKFold

from matching.engine.calibration import (
    FOLDS,
    MIN_DECISIONS,
    Calibration,
    calibrate,
    expected_calibration_error,
    fit_curve,
)
from matching.engine.evaluate import score_one
from matching.engine.index import Floats
from matching.engine.types import Config

PRIOR_SPREAD: Final = 0.5  # how far, in log odds, decisions may easily move what a feature's full range is worth
ANY_SPREAD: Final = 30.0  # of what a whole point of the score is worth, of which nothing is known beforehand
TEACHES: Final[Mapping[str, frozenset[str]]] = {
    "wrong_topic": frozenset({"text", "sdg", "sector"}),
    "wrong_context": frozenset({"context", "preference"}),
    "wrong_country": frozenset({"context", "preference"}),
    "wrong_language": frozenset({"language"}),
    "wrong_time": frozenset({"window"}),
}
"""Every other reason (no capacity, no funding, solved elsewhere, duplicate ...) speaks of no feature."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Be what a curator decided about a pair: the values of its features, yes or no, why not, and of which demand."""

    values: Mapping[str, float]
    accepted: bool
    group: str
    reason: str = ""

    def score(self, weights: Mapping[str, float]) -> float:
        """Return the pair's score under a table of weights; a feature it has no value for adds nothing."""
        return sum(weight * self.values.get(feature, 0.0) for feature, weight in weights.items())


@dataclass(frozen=True, slots=True)
class Candidate:
    """Hold learned weights with their calibration, and how they compare with the present ones on unseen demands.

    ``reasons``: decisions by dismissal reason, "" for those accepted; ``refused``: why not to publish, or nothing.
    """

    weights: Mapping[str, float]
    calibration: Calibration
    decisions: int
    ndcg: tuple[float, float]  # before, after
    error: tuple[float, float]
    reasons: Mapping[str, int] = field(default_factory=dict)
    refused: str = ""


class NotEnoughDecisionsError(ValueError):
    """There are too few decisions to learn from, or all of them say the same, or speak of one demand."""


def teaching(decisions: Sequence[Decision]) -> list[Decision]:
    """Keep the decisions that say something of the match itself: acceptances, and reasons that teach a feature."""
    return [decision for decision in decisions if decision.accepted or TEACHES.get(decision.reason)]


def calibrate_decisions(decisions: Sequence[Decision], weights: Mapping[str, float]) -> Calibration:
    """Calibrate the scores that a table of weights gives; decisions that teach nothing are passed over."""
    kept = teaching(decisions)
    scores = [decision.score(weights) for decision in kept]
    return calibrate(scores, [decision.accepted for decision in kept], [decision.group for decision in kept])


def learn(decisions: Sequence[Decision], config: Config) -> Candidate:
    """Estimate a new table of weights and compare it with the table in use, by cross-validation over demands.

    Raises NotEnoughDecisionsError.
    """
    kept = teaching(decisions)
    groups = [decision.group for decision in kept]
    if len(kept) < MIN_DECISIONS or len({decision.accepted for decision in kept}) < 2 or len(set(groups)) < 2:
        raise NotEnoughDecisionsError(
            f"{len(kept)} decisions teach something; {MIN_DECISIONS} of both kinds are needed"
        )
    accepted = np.array([decision.accepted for decision in kept])
    scores: dict[str, Floats] = {name: np.empty(len(kept)) for name in ("before", "after")}
    told: dict[str, Floats] = {name: np.empty(len(kept)) for name in ("before", "after")}
    for learned, tested in GroupKFold(min(FOLDS, len(set(groups)))).split(groups, groups=groups):
        tables = {"before": config.weights, "after": estimate([kept[row] for row in learned], config.weights)}
        for name, table in tables.items():
            found = np.array([decision.score(table) for decision in kept])
            curve = fit_curve(found[learned], accepted[learned])
            scores[name][tested] = found[tested]
            told[name][tested] = [curve.probability(score) for score in found[tested].tolist()]
    ndcg = (_ndcg(kept, scores["before"]), _ndcg(kept, scores["after"]))
    error = (
        expected_calibration_error(told["before"], accepted),
        expected_calibration_error(told["after"], accepted),
    )
    weights = estimate(kept, config.weights)
    return Candidate(
        weights=weights,
        calibration=calibrate_decisions(kept, weights),
        decisions=len(kept),
        ndcg=ndcg,
        error=error,
        reasons=dict(sorted(Counter(decision.reason for decision in decisions).items())),
        refused=_refusal(weights, config, ndcg, error),
    )


def estimate(decisions: Sequence[Decision], shipped: Mapping[str, float]) -> dict[str, float]:
    """Return the weights most likely after decisions that teach something; they sum to 1 and none is negative.

    Each lesson is learned apart: what was dismissed for it against all that was accepted. So a feature of which no
    dismissal speaks does not rise because it is high where something was accepted.
    """
    features = list(shipped)
    prior = np.array([shipped[feature] for feature in features])
    x = np.array([[decision.values.get(feature, 0.0) for feature in features] for decision in decisions])
    accepted = np.array([decision.accepted for decision in decisions])
    lessons = [TEACHES.get(decision.reason, frozenset()) for decision in decisions]
    prior = prior * _fit((x @ prior)[:, None], accepted, np.ones(1), spread=ANY_SPREAD)
    found = prior.copy()
    for lesson in sorted(set(TEACHES.values()) & set(lessons), key=sorted):
        rows = accepted | np.array([taught == lesson for taught in lessons])
        free = np.array([feature in lesson for feature in features])
        if free.any() and not accepted[rows].all():
            found[free] = _fit(
                x[np.ix_(rows, free)], accepted[rows], prior[free], x[np.ix_(rows, ~free)] @ prior[~free]
            )
    total = float(found.sum())
    return (
        {feature: float(value) / total for feature, value in zip(features, found, strict=True)}
        if total
        else {**shipped}
    )


def _fit(
    x: Floats, accepted: NDArray[np.bool_], prior: Floats, offset: Floats | float = 0.0, spread: float = PRIOR_SPREAD
) -> Floats:
    """Return logistic coefficients of N x F values, 0 or more, with a Gaussian prior; the intercept is free."""

    def loss(parameters: Floats) -> tuple[float, Floats]:
        away = (parameters[:-1] - prior) / spread
        log_odds = x @ parameters[:-1] + parameters[-1] + offset
        error = expit(log_odds) - accepted
        value = np.logaddexp(0, log_odds).sum() - log_odds[accepted].sum() + away @ away / 2
        return float(value), np.append(x.T @ error + away / spread, error.sum())

    bounds = [(0.0, None)] * len(prior) + [(None, None)]
    found: Floats = minimize(loss, np.append(prior, 0.0), jac=True, method="L-BFGS-B", bounds=bounds).x[:-1]
    return found


def _ndcg(decisions: Sequence[Decision], scores: Floats) -> float:
    """Return the mean nDCG@10 over demands of which something was accepted."""
    found = []
    for group in sorted({decision.group for decision in decisions}):
        rows = [row for row, decision in enumerate(decisions) if decision.group == group]
        grades = {str(row): int(decisions[row].accepted) for row in rows}
        if any(grades.values()):
            found.append(
                score_one([str(row) for row in sorted(rows, key=lambda row: (-scores[row], row))], grades).ndcg
            )
    return fmean(found)


def _refusal(
    weights: Mapping[str, float], config: Config, ndcg: tuple[float, float], error: tuple[float, float]
) -> str:
    if ndcg[1] < ndcg[0]:
        return f"nDCG would fall from {ndcg[0]:.3f} to {ndcg[1]:.3f}"
    if error[1] >= error[0]:
        return f"the calibration error would not fall: {error[0]:.3f}, then {error[1]:.3f}"
    facets = sum(weight for feature, weight in weights.items() if feature != "text")
    if facets >= config.thresholds[0]:
        return f"facets alone would weigh {facets:.2f}, as much as a strong match"
    return ""
