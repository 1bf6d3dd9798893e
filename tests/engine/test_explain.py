"""A hit in words: the sum, the shared meanings in both wordings, what is not stated and what it costs."""

import re
from dataclasses import replace
from datetime import date

import pytest

from matching.engine import explain as words
from matching.engine.constraints import exclusion
from matching.engine.explain import Explanation, explain, explain_exclusion
from matching.engine.features import SIGNALS
from matching.engine.ranker import Ranker
from matching.engine.types import BANDS, Config, Hit, Profile
from tests.engine.cast import ANALYSER, DEMAND, GEOGRAPHY, SUPPLIES, TODAY


def same(message: str) -> str:
    return message


def explained(supply: str) -> tuple[Hit, Explanation]:
    hit = Ranker(Config(), GEOGRAPHY, ANALYSER).fit(SUPPLIES).explain(DEMAND, supply, today=TODAY)
    assert isinstance(hit, Hit)
    return hit, explain(hit, same)


def test_lines_add_up_to_the_verdict() -> None:
    hit, explanation = explained("s1")
    assert sum(line.points for line in explanation.lines) == pytest.approx(100 * hit.score)
    assert sum(line.most for line in explanation.lines) == pytest.approx(100)
    assert f"{100 * hit.score:.1f} of 100 points" in explanation.verdict
    assert explanation.sentences == (
        explanation.verdict,
        explanation.likelihood,
        *explanation.sentences[2 : 2 + len(hit.reasons)],
        *explanation.missing,
    )


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (None, words.UNCALIBRATED),
        (0.04, "A curator would accept fewer than 1 of 10 like this."),
        (0.31, "A curator would accept about 3 of 10 like this."),
        (0.68, "A curator would accept about 7 of 10 like this."),
        (0.99, "A curator would accept more than 9 of 10 like this."),
    ],
)
def test_likelihood_is_told_in_tenths_where_it_is_known(probability: float | None, said: str) -> None:
    assert explain(explained("s1")[0], same, probability=probability).likelihood == said


def test_shared_meanings_stand_in_both_wordings() -> None:
    lines = explained("s1")[1].lines
    assert "gestion de l'eau = water management" in lines[0].words.lower()
    assert lines[1].words == "same goals: 6; same targets: 6.b"


def test_missing_facets_say_what_they_could_add() -> None:
    hit, explanation = explained("s3")
    sector = next(reason for reason in hit.reasons if reason.feature == "sector")
    assert (
        f"Not stated in the solution or offer: sectors. "
        f"Stated, it could add up to {100 * (sector.weight - sector.contribution):.1f} points." in explanation.missing
    )
    assert {line.feature: line.words for line in explanation.lines}["Sector"] == words.NEUTRAL


def test_nothing_shared_is_not_the_same_as_not_stated() -> None:
    other = replace(SUPPLIES[0], id="o", goals=(17,), targets=(), sectors=("banking, finance", "irrigation"))
    hit = Ranker(Config(), GEOGRAPHY, ANALYSER).fit([other]).explain(DEMAND, "o", today=TODAY)
    assert isinstance(hit, Hit)
    found = {line.feature: line.words for line in explain(hit, same).lines}
    assert found["Sustainable Development Goals"] == words.NOTHING_SHARED
    assert found["Sector"] == "same sectors: irrigation"
    assert "supply.targets" in hit.missing


def test_goals_proposed_by_machine_are_said_to_be() -> None:
    guessed = replace(SUPPLIES[0], id="g", goals=(), targets=(), proposed_goals=((6, 0.7),))
    hit = Ranker(Config(), GEOGRAPHY, ANALYSER).fit([guessed]).explain(DEMAND, "g", today=TODAY)
    assert isinstance(hit, Hit)
    assert explain(hit, same).lines[1].words == "same goals, proposed by machine: 6"


def test_codes_are_named_and_sentences_translated() -> None:
    hit, _ = explained("s1")
    explanation = explain(
        hit, lambda message: message.replace("same goals", "mêmes objectifs"), lambda kind, code: f"{kind} {code}"
    )
    assert explanation.lines[1].words == "mêmes objectifs: goal 6; same targets: target 6.b"


@pytest.mark.parametrize(
    "change", [{"closed": True}, {"organisation": "ministry-ml"}, {"country": "MLI"}, {"eligible_countries": ("KEN",)}]
)
def test_exclusions_have_words(change: dict[str, object]) -> None:
    found = exclusion(DEMAND, replace(Profile(id="s", kind="offer", title="t"), **change), GEOGRAPHY, TODAY)
    assert found is not None
    assert explain_exclusion(found, same).startswith("Excluded because ")


def test_an_offer_out_of_time_says_its_bound_in_the_reader_s_words() -> None:
    day = date(2026, 5, 1)
    over = Profile(id="s", kind="offer", title="t", end_date=day)
    later = Profile(id="s", kind="offer", title="t", start_date=day)
    for offer, words_of_it in ((over, "available until 1 May"), (later, "available from 1 May")):
        found = exclusion(replace(DEMAND, end_date=date(2026, 4, 1)), offer, GEOGRAPHY, TODAY)
        assert found is not None
        said = explain_exclusion(found, same, lambda kind, code: {("date", "2026-05-01"): "1 May"}[kind, code])
        assert said == f"Excluded because it is not available when it is needed ({words_of_it})."


def test_everything_the_engine_can_say_has_words() -> None:
    assert set(words.FEATURES) == {"text"} | {signal.name for signal in SIGNALS}
    assert set(words.BANDS) == set(BANDS)
    full = replace(DEMAND, kind="offer", country="SEN", confirmed_date=TODAY, preferred_countries=("SEN",))
    silent = Profile(id="x", kind="offer", title="t")
    for signal in SIGNALS:
        made = signal([full], GEOGRAPHY, Config())
        assert all((signal.name, name) in words.DETAILS for name, _ in made.detail(full, full))
        assert {name.partition(".")[2] for name in made.missing(silent, silent)} <= words.FACETS.keys()


def test_placeholders_are_named() -> None:
    messages = [*words.BANDS.values(), *words.NOT_STATED.values(), *words.EXCLUSIONS.values(), words.LINE]
    messages += [message for _, message in words.DETAILS.values()]
    assert not [message for message in messages if re.search(r"%(?!\(\w+\)s)", message)]
