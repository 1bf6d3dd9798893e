"""What a text becomes: the same in seven languages, whatever its spelling and inflection."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.analysis import Analyser
from matching.engine.analysis import analyser as analyser_module
from matching.engine.analysis import meanings as meanings_module
from matching.engine.analysis.cognates import Cognates
from matching.engine.glossary import LANGUAGES, Glossary

ROWS = (
    {"id": "water-management", "domain": "planet", "en": "water management", "fr": "gestion de l'eau",
     "es": "gestión del agua", "pt": "gestão da água", "ar": "إدارة المياه", "ru": "управление водными ресурсами",
     "zh": "水管理"},
    {"id": "water", "domain": "planet", "en": "water", "fr": "eau", "es": "agua", "pt": "água", "ar": "ماء | مياه",
     "ru": "вода | водный", "zh": "水"},
    {"id": "smallholder", "domain": "food", "en": "smallholder | small farmer", "fr": "petit exploitant",
     "es": "pequeño agricultor", "pt": "pequeno agricultor", "ar": "مزارع صغير", "ru": "мелкий фермер",
     "zh": "小农户"},
    {"id": "training", "domain": "general", "en": "training", "fr": "formation", "es": "capacitación",
     "pt": "capacitação", "ar": "تدريب", "ru": "обучение", "zh": "培训"},
    {"id": "geological-formation", "domain": "planet", "en": "rock formation", "fr": "formation",
     "es": "formación rocosa", "pt": "formação rochosa", "ar": "تكوين صخري", "ru": "горная порода", "zh": "岩层"},
    {"id": "aids", "domain": "social", "en": "AIDS", "fr": "SIDA", "es": "SIDA", "pt": "SIDA", "ar": "إيدز",
     "ru": "СПИД", "zh": "艾滋病"},
)  # fmt: skip


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(Glossary.from_rows(ROWS))


def stems(analyser: Analyser, text: str, language: str) -> dict[str, float]:
    return {term.key: round(term.weight, 6) for term in analyser.analyse(text, language) if term.key[0] == "s"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "la gestion de l’eau"),
        ("fr", "GESTION DES EAUX"),
        ("es", "gestion del agua"),
        ("pt", "a gestão das águas"),
        ("ar", "وإدارةُ المــياه"),
        ("ar", "لادارة المياه"),
        ("ru", "управлением водных ресурсов"),
    ],
)
def test_a_phrase_means_the_same_however_it_is_inflected(analyser: Analyser, language: str, text: str) -> None:
    assert sorted(stems(analyser, text, language)) == ["s:manag", "s:water"]


def test_the_longest_phrase_wins_and_chinese_is_read_by_characters(analyser: Analyser) -> None:
    assert stems(analyser, "水管理", "zh") == {"s:water": 0.75, "s:manag": 0.75}
    assert stems(analyser, "水", "zh") == {"s:water": 0.5}


def test_characters_outside_the_glossary_stand_alone_and_in_pairs(analyser: Analyser) -> None:
    assert set(stems(analyser, "小农户的梯田", "zh")) == {
        "s:smallhold",
        "s:small",
        "s:farmer",
        "s:梯",
        "s:田",
        "s:梯田",
    }


def test_a_phrase_does_not_cross_punctuation(analyser: Analyser) -> None:
    assert [segment.weight for segment in analyser.segments("Petits exploitants", "fr")] == [2]
    assert [segment.weight for segment in analyser.segments("Ils sont petits. Exploitants", "fr")] == [1, 1]


def test_an_ambiguous_form_shares_its_weight(analyser: Analyser) -> None:
    assert stems(analyser, "formation", "fr") == {"s:train": 0.5, "s:rock": 0.25, "s:format": 0.25}


def test_an_acronym_needs_capitals(analyser: Analyser) -> None:
    assert stems(analyser, "AIDS", "en") == {"s:=aids": 1.0}
    assert stems(analyser, "СПИД", "ru") == {"s:=aids": 1.0}
    assert stems(analyser, "it aids them", "en") == {"s:aid": 1.0}


def test_both_english_spellings_meet(analyser: Analyser) -> None:
    assert stems(analyser, "organization of labor", "en") == stems(analyser, "organisation of labour", "en")


def test_a_word_of_phrases_is_translated_alone(analyser: Analyser) -> None:
    found = stems(analyser, "gestion", "fr")
    assert max(found, key=found.__getitem__) == "s:manag"


def test_an_unknown_word_is_read_as_the_known_one_that_begins_like_it(analyser: Analyser) -> None:
    found = stems(analyser, "agricultura", "es")
    assert found["s:agricultur"] == 0.5
    assert found["s:smallhold"] == 0.5


@pytest.mark.parametrize(("text", "language"), [("tétracyclines", "fr"), ("тетрациклин", "ru"), ("tetraciclina", "pt")])
def test_an_unknown_word_is_read_as_the_english_one_spelt_like_it(text: str, language: str) -> None:
    rows = [{**ROWS[1], "id": "medicine", "en": "medicine | tetracycline"}]
    assert stems(Analyser(Glossary.from_rows(rows)), text, language)["s:tetracyclin"] >= 0.5


def test_words_that_are_little_alike_are_no_cognates() -> None:
    cognates = Cognates(["school", "hazard", "accept"])
    assert cognates.of("hasard") == ("hazard",)
    assert cognates.of("assist") == cognates.of("scie") == cognates.of("مدرسة") == ()


def test_guesses_can_be_left_out() -> None:
    rows = [ROWS[1]]
    for text, guess in (("watery", "relatives"), ("Madagascar", "sound")):
        whole = stems(Analyser(Glossary.from_rows(rows)), text, "en")
        without = stems(Analyser(Glossary.from_rows(rows), without=frozenset({guess})), text, "en")
        assert whole != without


@pytest.mark.parametrize(("text", "language"), [("Мадагаскара", "ru"), ("ومدغشقر", "ar"), ("Madagáscar", "pt")])
def test_a_name_meets_itself_in_other_scripts(analyser: Analyser, text: str, language: str) -> None:
    assert "s:~mdksk" in stems(analyser, text, language)
    assert "s:~mdksk" in stems(analyser, "Madagascar", "en")


def test_a_link_says_nothing(analyser: Analyser) -> None:
    text = "Water: see https://example.org/water/rock?a=1, www.example.org or office@example.org."
    assert stems(analyser, text, "en") == stems(analyser, "Water: see", "en")


def test_n_grams_are_kept_of_unknown_words_only(analyser: Analyser) -> None:
    grams = {term.key: term.weight for term in analyser.analyse("Water of Quito", "en") if term.key[0] == "g"}
    assert sorted(grams) == ["g:latin:<qui", "g:latin:ito>", "g:latin:quit", "g:latin:uito"]
    assert math.isclose(sum(grams.values()), 1)


def test_numbers_are_kept_in_any_digits(analyser: Analyser) -> None:
    keys = {text: {term.key for term in analyser.analyse(text, "ar")} for text in ("١٢٣", "123")}
    assert keys["١٢٣"] == keys["123"] == {"n:123"}


def test_a_surface_is_what_the_reader_wrote(analyser: Analyser) -> None:
    text = "Pour la gestion de\nl’eau et les petits exploitants"
    surfaces = {term.key: term.surface for term in analyser.analyse(text, "fr") if term.key[0] == "s"}
    assert surfaces["s:water"] == surfaces["s:manag"] == "gestion de l’eau"
    assert surfaces["s:smallhold"] == "petits exploitants"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We train the teachers of the villages", "en"),
        ("Nous formons les enseignants des villages", "fr"),
        ("Formamos a los maestros de las aldeas", "es"),
        ("Nós formamos os professores das aldeias", "pt"),
        ("ندرب معلمي القرى", "ar"),
        ("Мы обучаем учителей в деревнях", "ru"),
        ("我们培训乡村教师", "zh"),
        ("2030 — 50 %", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_detected(analyser: Analyser, text: str, language: str) -> None:
    assert analyser.language_of(text) == language
    assert analyser.analyse(text, "") == analyser.analyse(text, language)


def test_without_a_glossary_words_stand_for_themselves() -> None:
    assert stems(Analyser(), "gestion de l'eau", "fr") == {
        "s:gestion": 0.5,
        "s:~stn": 0.5,
        "s:eau": 1.0,
    }


@settings(max_examples=200, deadline=None)
@given(text=st.text(), language=st.sampled_from((*LANGUAGES, "", "de")))
def test_any_text_gives_positive_weights_once_a_key(text: str, language: str) -> None:
    analyser = Analyser(Glossary.from_rows(ROWS))
    terms = analyser.analyse(text, language)
    assert all(term.weight > 0 and math.isfinite(term.weight) and term.surface for term in terms)
    assert len({term.key for term in terms}) == len(terms)
    assert terms == analyser.analyse(text, language)


@given(st.lists(st.sampled_from(["water", "management", "small", "farmers", "Quito", "training", "the"]), max_size=9))
def test_weights_add_up_to_the_content_words(analyser: Analyser, words: list[str]) -> None:
    content = [word for word in words if word != "the"]
    assert math.isclose(sum(stems(analyser, " ".join(words), "en").values()), len(content), abs_tol=1e-4)


def test_the_shipped_glossary_bridges_seven_languages() -> None:
    paths = sorted((Path(__file__).parents[3] / "fixtures" / "glossary").glob("*.tsv"))
    analyser = Analyser(Glossary.load(paths))
    for language, text in {
        "en": "vaccines", "fr": "des vaccins", "es": "las vacunas", "pt": "vacinas", "ar": "اللقاحات",
        "ru": "вакцины", "zh": "疫苗",
    }.items():  # fmt: skip
        assert "s:vaccin" in stems(analyser, text, language)


def test_what_is_remembered_of_words_has_a_bound_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "water management and small farmers, " * 2 + " ".join(f"kowalu{number}ba" for number in range(40))
    expected = Analyser(Glossary.from_rows(ROWS)).analyse(text, "en")
    for module in (analyser_module, meanings_module):
        monkeypatch.setattr(module, "REMEMBERED", 10)
    forgetful = Analyser(Glossary.from_rows(ROWS))
    assert forgetful.analyse(text, "en") == forgetful.analyse(text, "en") == expected
    assert 0 < len(forgetful._stems) <= 10
    assert 0 < len(forgetful._meanings._meanings) <= 10
