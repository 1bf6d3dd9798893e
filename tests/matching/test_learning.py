"""Learned weights: from decisions, into force, and back."""

import io
from dataclasses import replace

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from matching import corpus
from matching.engine.types import Config, Hit, Reason
from matching.enums import EndingReason, MatchState
from matching.models import Match, RankingRun, WeightsVersion
from matching.services.learning import NothingToLearnError, NothingToTakeBackError, calibrate, decisions, roll_back
from tests.factories import DemandFactory, SolutionFactory

NOW = RankingRun._meta.get_field("started_at").default()

pytestmark = pytest.mark.django_db


def decide(count, *, reason=EndingReason.WRONG_TOPIC, seed=0):
    """Let curators who look at the text alone decide matches of five demands."""
    random = np.random.default_rng(seed)
    run = RankingRun.objects.create(scope="everything", engine_version="x", started_at=NOW)
    demands = [DemandFactory() for _ in range(5)]
    supplies = [SolutionFactory() for _ in range(count // 5)]
    weights = Config().weights
    made = []
    for place, (demand, supply) in enumerate((demand, supply) for supply in supplies for demand in demands):
        reasons = tuple(Reason(name, weight, float(random.random())) for name, weight in weights.items())
        text = reasons[0].value
        accepted = bool(random.random() < 1 / (1 + np.exp(-12 * (text - 0.5))))
        hit = Hit(demand.public_id, supply.public_id, reasons, rank=place + 1)
        made.append(
            Match(
                demand_id=demand.pk,
                supply=supply,
                run=run,
                score=hit.score,
                rank=hit.rank,
                band=hit.band,
                explanation=hit.to_dict(),
                state=MatchState.SHORTLISTED if accepted else MatchState.DISMISSED,
                reason_code="" if accepted else reason,
            )
        )
    Match.objects.bulk_create(made)


def test_decisions_carry_values_reason_and_demand():
    decide(10)
    found = decisions()
    matches = list(Match.objects.order_by("pk"))
    assert [decision.group for decision in found] == [str(match.demand_id) for match in matches]
    assert [decision.reason for decision in found] == [match.reason_code for match in matches]
    assert [decision.score(Config().weights) for decision in found] == pytest.approx([match.score for match in matches])


def test_too_few_decisions_leave_everything_as_it_is():
    decide(45)
    with pytest.raises(NothingToLearnError):
        calibrate(at=NOW)
    assert corpus.config_in_force() == Config()
    assert not corpus.calibration_in_force().calibrated


def test_a_version_in_force_is_what_scores_come_from(catalogue):
    before = corpus.fitted(at=NOW)
    decide(200)
    version, candidate = calibrate(at=NOW)
    after = corpus.fitted(at=NOW)
    assert after.ranker.config.weights == version.weights
    assert after.fingerprint.engine != before.fingerprint.engine or candidate.refused
    curve = corpus.calibration_in_force()
    assert curve.calibrated
    assert curve.probability(0.9) > 0.5 > curve.probability(0.1)


def test_rolling_back_returns_to_the_version_before_and_in_the_end_to_the_shipped_weights():
    weights = dict(Config().weights)
    moved = {**weights, "text": weights["text"] + 0.01, "sdg": weights["sdg"] - 0.01}
    calibration = corpus.calibration_in_force().to_dict()
    first = WeightsVersion.objects.create(weights=moved, calibration=calibration, report={}, created_at=NOW)
    WeightsVersion.objects.create(weights=weights, calibration=calibration, report={}, created_at=NOW)
    assert roll_back(at=NOW) == first
    assert corpus.config_in_force() == replace(Config(), weights=moved)
    assert roll_back(at=NOW) is None
    assert corpus.config_in_force() == Config()
    with pytest.raises(NothingToTakeBackError):
        roll_back(at=NOW)
    assert WeightsVersion.objects.count() == 2


def test_commands_say_what_happened():
    decide(100)
    out = io.StringIO()
    call_command("calibrate_matches", stdout=out)
    assert "decisions teach something (accepted" in out.getvalue()
    assert "is in force: text" in out.getvalue()
    out = io.StringIO()
    call_command("rollback_weights", stdout=out)
    assert out.getvalue() == "The shipped weights are in force.\n"
    with pytest.raises(CommandError, match="nothing to take back"):
        call_command("rollback_weights")


def test_new_weights_rank_everything_again(django_capture_on_commit_callbacks, catalogue):
    decide(100)
    with django_capture_on_commit_callbacks() as waiting:
        _, candidate = calibrate(at=NOW)
    assert len(waiting) == (0 if candidate.refused else 1)
    with django_capture_on_commit_callbacks() as waiting:
        roll_back(at=NOW)
    assert len(waiting) == 1
