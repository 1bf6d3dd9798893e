"""What a match shows as shared: what two wordings mean by themselves decides, and no word is shown twice."""

from collections.abc import Mapping

import pytest

from matching.engine.evidence import MOST, shared_terms
from matching.engine.segments.counts import Document
from matching.engine.types import Evidence

READINGS: dict[tuple[str, str], dict[str, float]] = {
    ("sécurité alimentaire", "fr"): {"food": 0.5, "secur": 0.5},
    ("食品安全", "zh"): {"food": 0.4, "secur": 0.4, "safe": 0.2},
    ("粮食署", "zh"): {"food": 0.2, "world": 0.4, "programm": 0.4},
    ("食品", "zh"): {"food": 0.6, "meal": 0.4},
    ("sécurité", "fr"): {"secur": 1.0},
    ("保安", "zh"): {"secur": 0.5, "guard": 0.5},
    ("seeds", "fr"): {"seed?": 1.0},
    ("seeds", "en"): {"seed": 1.0},
    ("种子", "zh"): {"seed": 1.0},
}


def read(wording: str, language: str) -> Mapping[str, float]:
    return READINGS[wording, language]


def shown(*pairs: tuple[str, str, str, float]) -> tuple[Evidence, ...]:
    """Explain texts that share terms: key, wording of the demand, wording of the supply, weight."""
    demand = Document("fr", {pair[0]: 1.0 for pair in pairs}, {pair[0]: pair[1] for pair in pairs})
    supply = Document("zh", {pair[0]: 1.0 for pair in pairs}, {pair[0]: pair[2] for pair in pairs})
    return shared_terms(demand, supply, {pair[0]: pair[3] for pair in pairs}, {pair[0]: 1.0 for pair in pairs}, read)


@pytest.mark.parametrize(("supply", "exact"), [("食品安全", True), ("食品", False)])
def test_more_than_half_of_both_meanings_is_the_same_meaning(supply: str, exact: bool) -> None:
    (found,) = shown(("food", "sécurité alimentaire", supply, 1.0))
    assert (found.demand_surface, found.supply_surface, found.exact) == ("sécurité alimentaire", supply, exact)


def test_a_pair_that_means_little_in_common_is_shown_only_where_there_is_no_other() -> None:
    weak = ("food", "sécurité alimentaire", "粮食署", 3.0)
    assert [(found.supply_surface, found.exact) for found in shown(weak)] == [("粮食署", False)]
    (found,) = shown(weak, ("seed", "seeds", "种子", 1.0))
    assert (found.supply_surface, found.value) == ("种子", 0.25)


def test_a_word_of_a_phrase_that_is_shown_is_not_shown_again() -> None:
    found = shown(("food", "sécurité alimentaire", "食品安全", 2.0), ("secur", "sécurité", "保安", 1.0))
    assert [item.demand_surface for item in found] == ["sécurité alimentaire"]


def test_sectors_are_read_in_english_in_a_demand_of_any_language() -> None:
    (found,) = shown(("seed", "seeds", "种子", 1.0))
    assert found.exact


def test_a_reader_gets_few_pairs_the_heaviest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"w{number}" for number in range(MOST + 2)]
    for name in names:
        monkeypatch.setitem(READINGS, (name, "fr"), {name: 1.0})
        monkeypatch.setitem(READINGS, (name, "zh"), {name: 1.0})
    found = shown(*((name, name, name, float(weight)) for weight, name in enumerate(names, 1)))
    assert [item.key for item in found] == names[: -MOST - 1 : -1]
