"""The measures, against numbers worked out by hand."""

import math

import pytest

from matching.engine.evaluate import Scores, evaluate, score_one, summarise, unknown_ids
from matching.engine.types import Profile


def test_ndcg_has_linear_gains_and_the_ideal_of_the_judged() -> None:
    found = score_one(["a", "x", "b"], {"a": 1, "b": 2, "c": 0})
    assert found.ndcg == pytest.approx((1 + 2 / math.log2(4)) / (2 + 1 / math.log2(3)))
    assert (found.recall, found.mrr, found.p1) == (1.0, 1.0, 1.0)


def test_only_the_first_ten_count_but_mrr_looks_further() -> None:
    found = score_one([*"0123456789", "a"], {"a": 2})
    assert (found.ndcg, found.recall, found.mrr, found.p1) == (0.0, 0.0, 1 / 11, 0.0)


def test_nothing_found_scores_nothing() -> None:
    assert score_one([], {"a": 1}) == Scores(0.0, 0.0, 0.0, 0.0)


def test_standard_error_of_the_mean() -> None:
    summary = summarise([Scores(0.0, 1.0, 1.0, 1.0), Scores(1.0, 1.0, 1.0, 1.0)])
    assert (summary.n, summary.mean.ndcg, summary.error.recall) == (2, 0.5, 0.0)
    assert summary.error.ndcg == pytest.approx(0.5)


RECORDS = [
    Profile(id="d1", kind="demand", title="t", language="fr"),
    Profile(id="d2", kind="demand", title="t", language="en"),
    Profile(id="s1", kind="offer", title="t", language="en"),
    Profile(id="s2", kind="solution", title="t", language="fr"),
]


def test_subsets_keep_the_supplies_of_their_languages() -> None:
    found = evaluate(RECORDS, {"d1": {"s1": 1, "s2": 0}, "d2": {"s2": 2, "s1": 2}}, lambda demand: ["s2", "s1"])
    assert {name: (summary.n, summary.mean.p1) for name, summary in found.items()} == {
        "all": (2, 0.5),
        "same": (1, 1.0),
        "cross": (2, 1.0),
        "en→en": (1, 1.0),
        "en→fr": (1, 1.0),
        "fr→en": (1, 1.0),
    }


def test_unknown_ids_are_those_that_are_not_there_or_of_the_wrong_kind() -> None:
    assert unknown_ids(RECORDS, {"d1": {"s1": 1}}) == []
    assert unknown_ids(RECORDS, {"s1": {"d1": 1}, "d9": {"s1": 1}}) == ["d1", "d9", "s1"]
