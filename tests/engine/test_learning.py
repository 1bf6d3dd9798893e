"""Weights learned from decisions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.calibration import MIN_DECISIONS
from matching.engine.learning import (
    TEACHES,
    Decision,
    NotEnoughDecisionsError,
    calibrate_decisions,
    estimate,
    learn,
    teaching,
)
from matching.engine.types import Config

WEIGHTS = {"text": 0.6, "sdg": 0.2, "context": 0.1, "language": 0.05, "freshness": 0.05}
CONFIG = Config(weights=WEIGHTS)


def decisions(n, truth, reason="wrong_topic", seed=0):
    """Return n decisions of curators who weigh features by ``truth``; they say no for one reason."""
    rng = np.random.default_rng(seed)
    made = []
    for row in range(n):
        values = {feature: float(rng.random()) for feature in WEIGHTS}
        log_odds = sum(weight * (values[feature] - 0.5) for feature, weight in truth.items())
        accepted = bool(rng.random() < 1 / (1 + np.exp(-log_odds)))
        made.append(Decision(values, accepted, str(row % 12), "" if accepted else reason))
    return made


def test_fewer_decisions_than_needed_are_refused():
    with pytest.raises(NotEnoughDecisionsError, match="49 decisions"):
        learn(decisions(MIN_DECISIONS - 1, {"text": 8}), CONFIG)


@pytest.mark.parametrize("reason", ["no_capacity", "no_funding", "solved_elsewhere", "duplicate", "other"])
def test_decisions_that_teach_nothing_do_not_count(reason):
    made = decisions(200, {"text": 8}, reason=reason)
    assert {decision.accepted for decision in teaching(made)} == {True}
    with pytest.raises(NotEnoughDecisionsError):
        learn(made, CONFIG)
    assert estimate(teaching(made), WEIGHTS) == pytest.approx(WEIGHTS)
    assert not calibrate_decisions(made, WEIGHTS).calibrated


def test_what_curators_look_at_gains_weight():
    learned = estimate(decisions(1500, {"text": 6, "sdg": 6}), WEIGHTS)
    assert learned["sdg"] > 1.5 * WEIGHTS["sdg"]


def test_what_curators_do_not_look_at_loses_weight_but_is_never_negative():
    learned = estimate(decisions(1500, {"text": 10, "sdg": -4}), WEIGHTS)
    assert learned["sdg"] == 0


def test_few_decisions_move_little_and_many_move_more():
    truth = {"text": 4, "sdg": 8}
    few, many = (estimate(decisions(n, truth), WEIGHTS)["sdg"] for n in (60, 2000))
    assert abs(few - WEIGHTS["sdg"]) < abs(many - WEIGHTS["sdg"])


@pytest.mark.parametrize("reason", [reason for reason, taught in TEACHES.items() if taught & WEIGHTS.keys()])
def test_a_reason_teaches_its_own_features_only(reason):
    learned = estimate(decisions(800, {"text": 3, "sdg": 3, "context": 3, "language": 3}, reason), WEIGHTS)
    fixed = [feature for feature in WEIGHTS if feature not in TEACHES[reason]]
    shares = {feature: learned[feature] / learned["freshness"] for feature in fixed}
    assert shares == pytest.approx({feature: WEIGHTS[feature] / WEIGHTS["freshness"] for feature in fixed})
    assert any(
        learned[feature] / learned["freshness"] != pytest.approx(WEIGHTS[feature] / WEIGHTS["freshness"], rel=0.1)
        for feature in TEACHES[reason] & WEIGHTS.keys()
    )


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 1000),
    st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.floats(-10, 10), min_size=1),
    st.sampled_from([*TEACHES, "no_capacity", "duplicate"]),
)
def test_weights_are_never_negative_and_sum_to_one(seed, truth, reason):
    learned = estimate(teaching(decisions(120, truth, reason, seed)) or decisions(1, {}, seed=seed), WEIGHTS)
    assert learned.keys() == WEIGHTS.keys()
    assert all(weight >= 0 for weight in learned.values())
    assert sum(learned.values()) == pytest.approx(1)


def test_better_weights_are_published_with_their_calibration():
    candidate = learn(decisions(900, {"text": 10, "sdg": 0}), CONFIG)
    assert not candidate.refused
    assert candidate.ndcg[1] >= candidate.ndcg[0]
    assert candidate.error[1] < candidate.error[0]
    assert candidate.calibration.calibrated
    assert candidate.calibration.decisions == candidate.decisions == 900
    assert set(candidate.reasons) == {"", "wrong_topic"}
    Config(weights=candidate.weights)


def test_weights_that_do_not_help_are_refused_with_the_reason():
    refused = [learn(decisions(80, {"text": 12}, seed=seed), CONFIG).refused for seed in range(3)]
    assert any("would" in reason for reason in refused)


def test_facets_may_not_grow_until_they_make_a_strong_match_alone():
    candidate = learn(decisions(3000, {"sdg": 12}), CONFIG)
    assert "facets alone would weigh" in candidate.refused


def test_the_same_decisions_give_the_same_weights():
    made = decisions(100, {"text": 5, "sdg": 5})
    assert estimate(made, WEIGHTS) == estimate(made, WEIGHTS)
