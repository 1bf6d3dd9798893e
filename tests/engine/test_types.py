"""The public values: a score is the sum of its reasons, and a hit survives storage."""

import json
from dataclasses import replace

import pytest

from matching.engine.types import Config, Evidence, Hit, Reason

HIT = Hit(
    demand_id="d1",
    supply_id="s1",
    reasons=(
        Reason("text", 0.7, 0.5, evidence=(Evidence("c:water", "eau", "water", 0.4),)),
        Reason("sdg", 0.1, 0.25, detail=(("goals", "6"), ("targets", ""))),
    ),
    missing=("supply.sectors",),
    rank=3,
    thresholds=(0.45, 0.35, 0.25),
)


def test_score_is_the_sum_of_contributions() -> None:
    assert [reason.contribution for reason in HIT.reasons] == pytest.approx([0.35, 0.025])
    assert HIT.score == pytest.approx(0.375)


@pytest.mark.parametrize(
    ("value", "band"),
    [(1.0, "strong"), (0.45, "strong"), (0.44, "good"), (0.35, "good"), (0.25, "possible"), (0.24, "weak")],
)
def test_band_follows_the_thresholds(value: float, band: str) -> None:
    assert replace(HIT, reasons=(Reason("text", 1.0, value),)).band == band


def test_hit_survives_json() -> None:
    assert Hit.from_dict(json.loads(json.dumps(HIT.to_dict()))) == HIT


def test_version_names_the_content() -> None:
    assert Config().version == Config().version
    assert replace(Config(), k1=1.3).version != Config().version
    assert replace(Config(), neutral={**Config().neutral, "sdg": 0.1}).version != Config().version


def test_shipped_weights_sum_to_one_and_have_neutral_values() -> None:
    config = Config()
    assert sum(config.weights.values()) == pytest.approx(1.0)
    assert config.weights.keys() - {"text"} == config.neutral.keys()


def test_facets_as_heavy_as_a_strong_match_are_refused() -> None:
    with pytest.raises(ValueError, match=r"facets weigh 0\.50"):
        Config(weights={"text": 0.5, "sdg": 0.5})


def test_text_only_looks_at_no_facet() -> None:
    config = Config().text_only()
    assert (config.weights, config.sector_weight) == ({"text": 1.0}, 0.0)
