"""What things are called, in seven languages."""

import re

import pytest
from django.utils import translation

from taxonomy.models import Country, CountryGroup, Goal, Language, Modality, Region, Sector, Target

LANGUAGES = ["en", "fr", "es", "ar", "pt", "ru", "zh"]
SCRIPTS = {"ar": "[\u0600-\u06ff]", "ru": "[\u0400-\u04ff]", "zh": "[\u4e00-\u9fff]"}
MODELS = [Goal, Target, Region, Country, CountryGroup, Sector, Modality, Language]


@pytest.mark.parametrize("model", MODELS)
def test_every_row_has_a_name_in_every_language(loaded, model):
    for item in model.objects.ordered():
        names = {language: item.name_in(language) for language in LANGUAGES}
        assert all(name.strip() for name in names.values()), (item.pk, names)
        for language, script in SCRIPTS.items():
            assert re.search(script, names[language]), (item.pk, names[language])
        for language in ("en", "fr", "es", "pt"):
            assert not re.search("|".join(SCRIPTS.values()), names[language]), (item.pk, names[language])


@pytest.mark.parametrize("model", [Country, Region, Sector, Target, Modality])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_rows_share_a_name(loaded, model, language):
    names = [item.name_in(language) for item in model.objects.ordered()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("TUR", "en", "Türkiye"),
        ("CIV", "en", "Côte d’Ivoire"),
        ("SWZ", "es", "Eswatini"),
        ("CZE", "en", "Czechia"),
        ("CPV", "en", "Cabo Verde"),
        ("VNM", "fr", "Viet Nam"),
        ("LAO", "zh", "老挝人民民主共和国"),
        ("SYR", "ar", "الجمهورية العربية السورية"),
        ("IRN", "en", "Iran (Islamic Republic of)"),
        ("TZA", "fr", "République-Unie de Tanzanie"),
        ("BOL", "es", "Bolivia (Estado Plurinacional de)"),
        ("VEN", "pt", "Venezuela (República Bolivariana da)"),
        ("MDA", "ru", "Республика Молдова"),
        ("PSE", "en", "State of Palestine"),
        ("HKG", "en", "China, Hong Kong Special Administrative Region"),
        ("MAC", "zh", "中国澳门特别行政区"),
        ("SLB", "ru", "Соломоновы острова"),
        ("SEN", "fr", "Sénégal"),
    ],
)
def test_countries_are_called_as_in_the_united_nations(loaded, code, language, name):
    assert Country.objects.get(code=code).name_in(language) == name


def test_name_follows_the_active_language_and_falls_back_to_english(loaded):
    goal, region, language = Goal.objects.get(number=1), Region.objects.get(code="011"), Language.objects.get(code="sw")
    with translation.override("pt-br"):
        assert (goal.name, region.name, language.name) == ("Erradicação da pobreza", "África Ocidental", "Suaíli")
    with translation.override("fi"):
        assert goal.name == "No poverty"
    with translation.override(None):
        assert str(Target.objects.get(code="17.9")) == "17.9 Capacity-building, South-South and triangular"
    assert region.name_in("xx") == "Western Africa"
