"""Proposals of goals and targets by word profiles."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.proposal import (
    Judgement,
    Proposal,
    Proposer,
    read_judgements,
    read_profiles,
    score_proposals,
)
from tests.engine.cast import ANALYSER

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROFILES = {
    "3": ["health", "hospital", "doctor", "clinic"],
    "3.1": ["midwife", "childbirth", "maternal mortality", "safe delivery"],
    "3.6": ["road safety", "helmet", "speed limit", "traffic crashes"],
    "6": ["water", "sanitation", "water management", "toilet"],
    "6.1": ["drinking water", "borehole", "hand pump", "water kiosk"],
    "6.2": ["latrine", "open defecation", "handwashing", "toilet"],
    "11": ["city", "housing", "public transport", "road"],
    "11.2": ["bus", "tram", "commuting", "public transport"],
    "14": ["sea", "fish"],
}
PROPOSER = Proposer(ANALYSER, PROFILES)


def shipped() -> dict[str, list[str]]:
    taxonomy = FIXTURES / "taxonomy"
    return read_profiles(FIXTURES / "sdg" / "profiles.tsv", taxonomy / "goals.json", taxonomy / "targets.json")


def test_a_text_is_about_the_topic_whose_words_it_uses():
    proposal = PROPOSER.propose("A borehole and a hand pump bring drinking water to the village", "en", least=0)
    assert proposal.goals[0].goal == 6
    assert proposal.targets[0].target == "6.1"
    assert set(proposal.targets[0].words) == {"borehole", "hand", "pump", "drinking", "water"}


def test_another_language_is_read_through_the_glossary_and_keeps_its_own_words():
    proposal = PROPOSER.propose("Formation d'une sage-femme", "fr", least=0)
    assert proposal.goals[0].goal == 3
    assert proposal.goals[0].words == ("sage-femme",)
    assert proposal.targets[0].target == "3.1"


def test_a_word_of_one_goal_says_more_than_a_word_of_two():
    (first, *_) = PROPOSER.propose("tram road", "en", least=0).goals
    assert (first.goal, first.words) == (11, ("tram", "road"))


def test_a_phrase_that_stands_whole_says_more_than_its_words_apart():
    whole, part = (
        {found.target: found.confidence for found in PROPOSER.propose(text, "en", least=0).targets}
        for text in ("open defecation here", "open doors here")
    )
    assert whole["6.2"] > part["6.2"] > whole["3.6"]


def test_what_is_less_likely_than_asked_is_left_out():
    text = "Latrines, toilets and handwashing against open defecation"
    everything = PROPOSER.propose(text, "en", least=0)
    assert len(everything.goals) == 4
    assert len(everything.targets) == 5
    half = everything.goals[0].confidence
    assert [found.goal for found in PROPOSER.propose(text, "en", least=half).goals] == [6]


@pytest.mark.parametrize("text", ["", "   ", "2030", "xyzzy"])
def test_a_text_without_known_words_is_about_nothing(text):
    assert PROPOSER.propose(text, "en") == Proposal()


@given(st.lists(st.sampled_from([word for words in PROFILES.values() for word in words]), max_size=12))
def test_confidences_are_probabilities_in_falling_order_and_rest_on_words_of_the_text(words):
    text = ". ".join(words)
    proposal = PROPOSER.propose(text, "en", least=0)
    for found in (proposal.goals, proposal.targets):
        confidences = [item.confidence for item in found]
        assert confidences == sorted(confidences, reverse=True)
        assert all(0 < confidence <= 1 for confidence in confidences)
        assert all(word in text for item in found for word in item.words)
    assert proposal == PROPOSER.propose(text, "en", least=0)


def test_every_goal_and_target_has_a_shipped_profile_without_repetitions():
    profiles = shipped()
    assert len(profiles) == 17 + 169
    for code, phrases in profiles.items():
        assert len(phrases) >= 15, code
        assert all(phrases), code
        assert len(set(phrases[1:])) == len(phrases[1:]), code


def test_a_profile_of_an_unknown_topic_is_refused(tmp_path):
    words = tmp_path / "profiles.tsv"
    words.write_text("code\twords\n18.1\tspace travel\n", encoding="utf-8")
    taxonomy = FIXTURES / "taxonomy"
    with pytest.raises(ValueError, match=r"'18\.1' is neither a goal nor a target"):
        read_profiles(words, taxonomy / "goals.json", taxonomy / "targets.json")


def write_judgements(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "text", "sdg", "label"), *rows])
    return path


def test_judgements_are_read_from_csv(tmp_path):
    path = write_judgements(tmp_path / "j.csv", (1, "wells,\nand pumps", 6, "True"), (2, "wells", 3, "false"))
    assert read_judgements(path) == [Judgement("wells,\nand pumps", 6, True), Judgement("wells", 3, False)]


@pytest.mark.parametrize("row", [(1, "", 6, "True"), (1, "wells", 18, "True"), (1, "wells", 6, "perhaps"), (1,)])
def test_a_judgement_that_lacks_something_names_its_line(tmp_path, row):
    path = write_judgements(tmp_path / "j.csv", (1, "wells", 6, "True"), row)
    with pytest.raises(ValueError, match="line 3: needs a text"):
        read_judgements(path)


def test_proposals_are_measured_by_the_first_three_and_by_yes_or_no():
    wet = "Latrines, toilets, sanitation, water management, handwashing. Borehole, hand pump, water kiosk"
    assert PROPOSER.propose(wet, "en").goals[0].goal == 6
    judgements = [
        Judgement(wet, 6, about=True),
        Judgement(wet, 3, about=False),
        Judgement("xyzzy", 14, about=True),
        Judgement("xyzzy", 6, about=False),
    ]
    scores = score_proposals(judgements, PROPOSER, "en")
    assert (scores.n, scores.accuracy) == (4, 0.75)
    assert scores.accuracy_error == pytest.approx((0.75 * 0.25 / 4) ** 0.5)
    assert scores.top3 == 0.5
