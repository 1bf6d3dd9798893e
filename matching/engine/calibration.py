"""Turn a score into the probability that a curator accepts the match.

Platt's logistic curve below 1,000 decisions, isotonic regression from there on; below 50 decisions only bands.
Sources: Platt, "Probabilistic outputs for support vector machines" (1999), with his smoothed targets; Zadrozny and
Elkan, "Transforming classifier scores into accurate multiclass probability estimates" (2002); the expected calibration
error is that of Naeini, Cooper and Hauskrecht (2015), in bins of equal size.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from matching.engine.index import Floats

MIN_DECISIONS: Final = 50
ISOTONIC_FROM: Final = 1000
FOLDS: Final = 5
BINS: Final = 10

Method = Literal["none", "platt", "isotonic"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Hold a curve from score to probability, which never falls, and how well it held on demands it had not seen.

    ``slope`` and ``intercept`` are Platt's, over the squared score: low scores differ little in what becomes of them.
    ``knots`` are isotonic points (score, probability), joined by straight lines. ``error`` is the expected calibration
    error on demands that were held out; None for a curve that was not tested.
    """

    method: Method = "none"
    decisions: int = 0
    slope: float = 0.0
    intercept: float = 0.0
    knots: tuple[tuple[float, float], ...] = ()
    error: float | None = None

    @property
    def calibrated(self) -> bool:
        """Tell whether there were decisions enough to speak of probability."""
        return self.method != "none"

    def probability(self, score: float) -> float | None:
        """Return the probability that a curator accepts; None where only bands can be told."""
        if self.method == "none":
            return None
        if self.method == "isotonic":
            scores, probabilities = zip(*self.knots, strict=True)
            return float(np.interp(score, scores, probabilities))
        return 1 / (1 + math.exp(-max(-500.0, self.slope * score**2 + self.intercept)))

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready data that from_dict turns into an equal calibration."""
        return {**asdict(self), "knots": [list(knot) for knot in self.knots]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Calibration:
        """Rebuild a calibration from to_dict's data. Raises TypeError for a field that is unknown."""
        return cls(**{**data, "knots": tuple((score, probability) for score, probability in data["knots"])})


def calibrate(scores: Sequence[float], accepted: Sequence[bool], groups: Sequence[str]) -> Calibration:
    """Learn a curve from decisions; a group is a demand, whose decisions are never both learned and tested.

    Uncalibrated below MIN_DECISIONS, and where nobody ever accepted, or always, or about one demand only.
    """
    if len(scores) < MIN_DECISIONS or len(set(accepted)) < 2 or len(set(groups)) < 2:
        return Calibration(decisions=len(scores))
    x, y = np.asarray(scores, dtype=np.float64), np.asarray(accepted, dtype=bool)
    held_out: Floats = np.empty(len(x))
    for learned, tested in GroupKFold(min(FOLDS, len(set(groups)))).split(x, y, groups):
        curve = fit_curve(x[learned], y[learned])
        held_out[tested] = [curve.probability(score) for score in x[tested].tolist()]
    return replace(fit_curve(x, y), error=expected_calibration_error(held_out, y))


def fit_curve(scores: Floats, accepted: NDArray[np.bool_]) -> Calibration:
    """Learn a curve, however few the decisions are, and do not test it."""
    return _isotonic(scores, accepted) if len(scores) >= ISOTONIC_FROM else _platt(scores, accepted)


def expected_calibration_error(probabilities: Sequence[float] | Floats, accepted: Sequence[float] | Any) -> float:
    """Return the mean distance, over bins of equal size, between what was told and what came true; 0 for no decision.

    ``accepted`` holds outcomes, or probabilities of them where these are known.
    """
    told, true = np.asarray(probabilities, dtype=np.float64), np.asarray(accepted, dtype=np.float64)
    order = np.argsort(told, kind="stable")
    bins = [rows for rows in np.array_split(order, BINS) if rows.size]
    return float(sum(abs(told[rows].mean() - true[rows].mean()) * rows.size for rows in bins) / max(len(told), 1))


def _platt(scores: Floats, accepted: NDArray[np.bool_]) -> Calibration:
    """Fit a logistic curve to targets a little off 0 and 1; where it would fall, the share of yes holds everywhere."""
    yes, no = int(accepted.sum()), int((~accepted).sum())
    targets = np.where(accepted, (yes + 1) / (yes + 2), 1 / (no + 2))
    twice = np.concatenate([scores, scores])[:, None] ** 2
    classes = np.repeat([1, 0], len(scores))
    model = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(
        twice, classes, sample_weight=np.concatenate([targets, 1 - targets])
    )
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope < 0:
        slope, intercept = 0.0, math.log((yes + 1) / (no + 1))
    return Calibration("platt", len(scores), slope, intercept)


def _isotonic(scores: Floats, accepted: NDArray[np.bool_]) -> Calibration:
    model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, accepted)
    knots = zip(model.X_thresholds_.tolist(), model.y_thresholds_.tolist(), strict=True)
    return Calibration("isotonic", len(scores), knots=tuple(knots))
