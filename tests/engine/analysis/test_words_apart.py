"""Words that were once taken for one another, with the shipped glossary."""

import pytest

from matching.corpus import analyser


@pytest.mark.parametrize(
    ("text", "language", "key"),
    [
        ("الاستخدام المائي", "ar", "s:hundr"),  # of water, once read as the hundred of "per cent"
        ("عشرة في المائة", "ar", "s:water"),
        ("других стран", "ru", "s:friend"),
        ("gestión colectiva de pastos", "es", "s:copyright"),
        ("patients in isolation", "en", "s:remot"),
        ("patients in isolation", "en", "s:isol"),
        ("communes isolées", "fr", "s:isolation"),
        ("água para a casa", "pt", "s:case"),
        ("estudio de caso", "es", "s:hous"),
        ("inscrit en ligne", "fr", "s:learn"),
        ("身心", "zh", "s:centr"),  # once read as the second half of 中心
    ],
)
def test_words_are_not_taken_for_others(text: str, language: str, key: str) -> None:
    assert key not in {term.key for term in analyser().analyse(text, language)}


def test_a_sentence_about_rice_is_not_a_phrase_about_cultivation() -> None:
    assert "rice-cultivation" not in analyser().concepts("more rice than it grows", "en")


def test_no_phrase_goes_across_a_quotation_mark() -> None:
    assert "health-centre" in analyser().concepts("центр здоровья", "ru")
    assert "health-centre" not in analyser().concepts("центр «Здоровье»", "ru")
