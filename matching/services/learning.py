"""Learn weights and their calibration from what curators decided, and take them back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.jobs import enqueue
from matching import corpus
from matching.engine.learning import Candidate, Decision, NotEnoughDecisionsError, calibrate_decisions, learn
from matching.enums import MatchState
from matching.lifecycle import UNDER_WAY
from matching.models import Match, WeightsVersion

REFUSED = frozenset({MatchState.DISMISSED, MatchState.DECLINED})


class NothingToLearnError(DomainError):
    """There are too few decisions to calibrate scores or to learn weights."""

    code = "nothing_to_learn"


class NothingToTakeBackError(DomainError):
    """The shipped weights are in force."""

    code = "nothing_to_take_back"


def decisions() -> list[Decision]:
    """Return what curators decided, with the feature values of the last ranking: one query.

    What is under way was accepted. The explanations, which are long, are not held together.
    """
    matches = Match.objects.filter(state__in=UNDER_WAY | REFUSED).order_by("pk")
    rows = matches.values_list("state", "reason_code", "demand_id", "explanation")
    return [
        Decision(
            values={reason["feature"]: reason["value"] for reason in explanation["reasons"]},
            accepted=state in UNDER_WAY,
            group=str(demand_id),
            reason="" if state in UNDER_WAY else reason_code,
        )
        for state, reason_code, demand_id, explanation in rows.iterator()
        if explanation["reasons"]  # a pair that a curator made against the ranking has none
    ]


@transaction.atomic
def calibrate(*, at: datetime) -> tuple[WeightsVersion, Candidate]:
    """Put a new version in force: learned weights if they are better, else the present ones, newly calibrated.

    New weights enter the matches with a run over everything. Raises NothingToLearnError.
    """
    config = corpus.config_in_force()
    decided = decisions()
    try:
        candidate = learn(decided, config)
    except NotEnoughDecisionsError as error:
        raise NothingToLearnError(
            _("Curators have not decided enough yet; matches keep their bands. %(problem)s") % {"problem": error}
        ) from error
    better = not candidate.refused
    calibration = candidate.calibration if better else calibrate_decisions(decided, config.weights)
    version = WeightsVersion.objects.create(
        weights=dict(candidate.weights if better else config.weights),
        calibration=calibration.to_dict(),
        report=asdict(candidate),
        created_at=at,
    )
    if better:
        enqueue("matching.rank_everything")
    return version, candidate


@transaction.atomic
def roll_back(*, at: datetime) -> WeightsVersion | None:
    """Take the version in force back; return the one before it, None for the shipped weights.

    Raises NothingToTakeBackError.
    """
    version = WeightsVersion.objects.in_force()
    if version is None:
        raise NothingToTakeBackError(_("The shipped weights are in force; there is nothing to take back."))
    version.withdrawn_at = at
    version.save(update_fields=["withdrawn_at"])
    enqueue("matching.rank_everything")
    return WeightsVersion.objects.in_force()
