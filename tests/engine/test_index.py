"""The index: its one sparse product equals the sum over shared terms, and its top k equals a sort."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import kernel
from matching.engine.index import Index, document
from matching.engine.segments.counts import Document
from matching.engine.types import Config, Profile
from tests.engine.cast import ANALYSER, DEMAND, SUPPLIES

CONFIG = Config()

counts = st.dictionaries(st.sampled_from(["s:a", "s:b", "s:c", "g:d", "g:e", "n:1"]), st.floats(0.1, 9.0), max_size=6)
documents = st.builds(lambda language, found: Document(language, found, {}), st.sampled_from(["en", "zh"]), counts)


def texts(index: Index, demand: Document) -> list[float]:
    """Return the text value of each supply."""
    none = kernel.Tables.of(np.zeros((0, len(index.counts)), dtype=np.int32), [])
    asked = index.query(index.asked(demand), index.self_score(demand))
    return kernel.SCIPY.score(index.postings, asked, none)[0].tolist()


@given(st.lists(documents, min_size=1, max_size=6), documents)
def test_texts_are_monotone_in_the_sum_over_shared_terms(supplies: list[Document], demand: Document) -> None:
    index = Index.weigh(supplies, CONFIG)
    asked = index.asked(demand)
    whole = sum(weight * index.given(demand)[key] for key, weight in asked.items())
    for supply, text in zip(supplies, texts(index, demand), strict=True):
        shared = sum(asked.get(key, 0.0) * weight for key, weight in index.given(supply).items())
        share = shared / whole if whole else 0.0
        half = CONFIG.text_half
        assert text == pytest.approx(min(share * (1 + half) / (share + half), 1.0), abs=1e-5)
        assert 0.0 <= text <= 1.0


def test_demands_own_text_is_worth_one() -> None:
    found = document(DEMAND, ANALYSER, CONFIG)
    index = Index.weigh([found, document(SUPPLIES[0], ANALYSER, CONFIG)], CONFIG)
    assert texts(index, found)[0] == pytest.approx(1.0, abs=0.05)


def test_empty_catalogue_and_empty_text_score_nothing() -> None:
    empty = Document("en", {}, {})
    assert texts(Index.weigh([], CONFIG), empty) == []
    index = Index.build(SUPPLIES, ANALYSER, CONFIG)
    assert texts(index, empty) == [0.0] * len(SUPPLIES)


def test_part_of_a_need_that_nobody_answers_lowers_the_value() -> None:
    index = Index.weigh([Document("en", {"s:a": 1.0}, {}), Document("en", {"s:b": 1.0}, {})], CONFIG)
    alone, more = (texts(index, Document("en", found, {}))[0] for found in ({"s:a": 1.0}, {"s:a": 1.0, "s:z": 1.0}))
    assert alone > more > 0


def test_word_is_as_rare_as_in_its_own_language() -> None:
    english = [Document("en", {"s:a": 1.0, "s:both": 1.0}, {})] + [Document("en", {"s:b": 1.0}, {})] * 8
    index = Index.weigh([*english, Document("zh", {"s:only": 1.0, "s:both": 1.0}, {})], CONFIG)
    idf = {key: index.idf[column] for key, column in index.vocabulary.items()}
    assert idf["s:a"] == pytest.approx(np.log1p((9 + CONFIG.background - 2 + 0.5) / 2.5))
    assert idf["s:only"] == pytest.approx(np.log1p((1 + CONFIG.background - 2 + 0.5) / 2.5))
    assert idf["s:both"] == pytest.approx(np.log1p((10 + CONFIG.background - 3 + 0.5) / 3.5))


def test_without_background_statistics_only_the_real_supplies_count() -> None:
    index = Index.weigh([Document("en", {"s:a": 1.0}, {})] * 3, replace(CONFIG, background=0))
    assert index.idf[index.vocabulary["s:a"]] == pytest.approx(np.log1p(0.5 / 3.5))
    assert index.idf[-1] == pytest.approx(np.log1p(3.5 / 0.5))


def test_a_fitting_text_scores_high_even_where_it_is_the_only_one() -> None:
    demand = document(Profile("d", "demand", "Repair of village water pumps", language="en"), ANALYSER, CONFIG)
    answer = document(Profile("s", "offer", "Training in repairing village pumps", language="en"), ANALYSER, CONFIG)
    other = document(Profile("o", "offer", "Copyright law for music and film", language="en"), ANALYSER, CONFIG)

    def share(*supplies: Document) -> float:
        index = Index.weigh(supplies, CONFIG)
        given = index.given(answer)
        met = sum(weight * given.get(key, 0.0) for key, weight in index.asked(demand).items())
        return met / index.self_score(demand)

    assert share(answer) == pytest.approx(share(answer, *[other] * 100), rel=0.35)


def test_fields_and_facets_count_by_their_weights() -> None:
    profile = Profile(
        id="x", kind="demand", title="bridge", summary="bridge", body="bridge", language="en", sectors=("rural_roads",)
    )
    found = document(profile, ANALYSER, CONFIG).counts
    weights = {
        text: {term.key: term.weight for term in ANALYSER.analyse(text, "en")} for text in ("bridge", "rural roads")
    }
    fields = CONFIG.title_weight + CONFIG.summary_weight + CONFIG.body_weight
    assert found["s:bridg"] == pytest.approx(fields * weights["bridge"]["s:bridg"])
    assert found["s:road"] == pytest.approx(CONFIG.sector_weight * weights["rural roads"]["s:road"])
    assert "s:road" not in document(profile, ANALYSER, CONFIG.text_only()).counts
    assert "s:road" not in document(replace(profile, kind="offer"), ANALYSER, CONFIG).counts


def test_language_is_that_of_the_whole_entry_when_none_is_given() -> None:
    body = "Les comités de gestion de l'eau ont besoin d'une formation pour leurs membres et de pièces de rechange."
    found = document(Profile("x", "demand", "Formation", body=body), ANALYSER, CONFIG)
    assert found.language == "fr"
    assert found == document(Profile("x", "demand", "Formation", body=body, language="fr"), ANALYSER, CONFIG)


def test_scripts_share_no_ngrams() -> None:
    texts = [("водоснабжение", "ru"), ("vodosnabzhenie", "en")]
    grams = [
        {
            key
            for key in document(Profile("x", "offer", text, language=language), ANALYSER, CONFIG).counts
            if key[:2] == "g:"
        }
        for text, language in texts
    ]
    assert all(grams)
    assert not grams[0] & grams[1]


def test_terms_that_many_supplies_have_are_kept_as_lines_and_asked_first() -> None:
    rare, common = (
        Document("en", {"s:a": 1.0, "s:m": 1.0, "s:z": 2.0}, {}),
        Document("en", {"s:m": 1.0, "s:z": 1.0}, {}),
    )
    index = Index.weigh([rare] + [common] * kernel.WORTH_COMPILING, CONFIG)
    heads = index.postings.heads
    assert heads is not None
    assert [index.counts.keys[column] for column in heads.columns.tolist()] == ["s:m", "s:z"]
    assert index.query({"s:a": 1.0, "s:z": 1.0, "s:m": 1.0}, 1.0).columns.tolist() == [1, 2, 0]
    assert heads.lines[0, :, 0].tolist() == index.postings.weights[[1, index.postings.starts[2]]].tolist()
    assert Index.weigh([rare, common], CONFIG).postings.heads is None
