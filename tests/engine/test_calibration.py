"""From scores to probabilities."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.calibration import (
    ISOTONIC_FROM,
    MIN_DECISIONS,
    Calibration,
    calibrate,
    expected_calibration_error,
)


def decisions(n, seed=0, slope=12.0):
    """Return n scores, answers that follow a logistic curve over the score, and their groups."""
    rng = np.random.default_rng(seed)
    scores = rng.random(n)
    accepted = rng.random(n) < 1 / (1 + np.exp(-slope * (scores - 0.5)))
    return scores.tolist(), accepted.tolist(), [str(row % 10) for row in range(n)]


def test_too_few_decisions_give_bands_only():
    calibration = calibrate(*decisions(MIN_DECISIONS - 1))
    assert not calibration.calibrated
    assert calibration.probability(0.9) is None
    assert calibration.error is None
    assert calibration.decisions == MIN_DECISIONS - 1


@pytest.mark.parametrize("answer", [True, False])
def test_decisions_that_all_say_the_same_calibrate_nothing(answer):
    scores, _, groups = decisions(80)
    assert not calibrate(scores, [answer] * 80, groups).calibrated


def test_decisions_on_one_demand_calibrate_nothing():
    scores, accepted, _ = decisions(80)
    assert not calibrate(scores, accepted, ["1"] * 80).calibrated


@pytest.mark.parametrize(("n", "method"), [(MIN_DECISIONS, "platt"), (ISOTONIC_FROM, "isotonic")])
def test_the_method_follows_the_number_of_decisions(n, method):
    assert calibrate(*decisions(n)).method == method


@pytest.mark.parametrize("n", [200, 2000])
def test_probabilities_come_near_the_truth(n):
    calibration = calibrate(*decisions(n))
    scores, accepted, _ = decisions(5000, seed=1)
    told = [calibration.probability(score) for score in scores]
    assert expected_calibration_error(told, accepted) < 0.06
    assert calibration.error < 0.12
    assert calibration.probability(0.95) > 0.8 > 0.2 > calibration.probability(0.05)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([60, 150, 1200]), st.floats(-15, 15))
def test_a_higher_score_never_has_a_lower_probability(seed, n, slope):
    calibration = calibrate(*decisions(n, seed, slope))
    told = [calibration.probability(score) for score in np.linspace(-0.0, 1.2, 50).tolist()]
    assert all(0 <= probability <= 1 for probability in told)
    assert told == sorted(told)


def test_scores_that_mislead_give_the_share_of_yes():
    scores, accepted, groups = decisions(200)
    calibration = calibrate(scores, [not answer for answer in accepted], groups)
    share = 1 - sum(accepted) / 200
    assert calibration.probability(0.1) == calibration.probability(0.9) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("n", [10, 100, 1500])
def test_json_keeps_a_calibration(n):
    calibration = calibrate(*decisions(n))
    again = Calibration.from_dict(json.loads(json.dumps(calibration.to_dict())))
    assert again == calibration
    assert again.probability(0.37) == calibration.probability(0.37)


def test_separated_decisions_keep_a_finite_curve():
    scores = [row / 100 for row in range(100)]
    calibration = calibrate(scores, [score > 0.5 for score in scores], [str(row % 7) for row in range(100)])
    assert math.isfinite(calibration.slope)
    assert 0 < calibration.probability(0.0) < 0.5 < calibration.probability(1.0) < 1


def test_the_error_is_the_distance_between_told_and_true():
    assert expected_calibration_error([0.5] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.5)  # ten bins of one
    assert expected_calibration_error([0.2] * 50 + [0.8] * 50, [0.3] * 50 + [0.8] * 50) == pytest.approx(0.05)
    assert expected_calibration_error([], []) == 0
