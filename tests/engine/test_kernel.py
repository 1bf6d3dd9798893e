"""The two forms of the kernel give the same bits, and both give what the definition says."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import kernel

pytest.importorskip("numba", reason="numba is not installed: there is one form only")


@st.composite
def catalogues(draw: st.DrawFn) -> tuple[kernel.Postings, kernel.Asked, kernel.Tables]:
    """Draw postings, a query and facets with coarse weights, so that ties are frequent."""
    size, terms = draw(st.integers(0, 40)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    grain = draw(st.sampled_from([2, 1000, 2**30]))
    dense = (rng.integers(1, grain + 1, (size, terms)) / grain * (rng.random((size, terms)) < 0.4)).astype(np.float32)
    matrix = sp.csc_array(dense)
    postings = kernel.Postings(
        matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data.astype(np.float32), size
    )
    heads = np.flatnonzero(rng.random(terms) < draw(st.sampled_from([0.0, 0.5, 1.0]))).astype(np.int64)
    if heads.size:
        postings = postings.with_heads(heads)
    columns = np.flatnonzero(rng.random(terms) < draw(st.sampled_from([0.0, 0.5, 1.0]))).astype(np.int64)
    if draw(st.booleans()):
        columns = columns[np.lexsort((columns, ~np.isin(columns, heads)))]
    weights = (rng.integers(1, grain + 1, columns.size) / grain).astype(np.float32)
    asked = kernel.Asked(columns, weights, np.float32(1 + weights.sum()), np.float32(0.25), 0.7)
    sizes = draw(st.lists(st.integers(1, 5), max_size=4))
    codes = np.array([rng.integers(0, codes, size) for codes in sizes], dtype=np.int32).reshape(len(sizes), size)
    values = [np.where(rng.random(codes) < 0.15, -np.inf, rng.integers(0, grain, codes) / grain) for codes in sizes]
    return postings, asked, kernel.Tables.of(codes, values)


@settings(max_examples=200, deadline=None)
@given(catalogues(), st.integers(0, 45))
def test_both_forms_return_the_same_bits_and_lists(
    drawn: tuple[kernel.Postings, kernel.Asked, kernel.Tables], k: int
) -> None:
    texts, totals = kernel.SCIPY.score(*drawn)
    other_texts, other_totals = kernel.NUMBA.score(*drawn)
    assert texts.tobytes() == other_texts.tobytes()
    assert totals.tobytes() == other_totals.tobytes()
    expected = sorted((row for row in range(totals.size) if totals[row] > -np.inf), key=lambda r: (-totals[r], r))[:k]
    assert kernel.best_numpy(totals, k).tolist() == expected
    assert kernel.best_numba(totals, k).tolist() == expected


@pytest.mark.parametrize("size", [kernel.BLOCK - 1, kernel.BLOCK, 2 * kernel.BLOCK + 5])
def test_queries_added_up_together_have_the_sums_of_each_alone(size: int) -> None:
    rng = np.random.default_rng(size)
    matrix = sp.random_array((size, 30), density=0.3, format="csc", dtype=np.float32, rng=rng)
    bare = kernel.Postings(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data, size)
    headed = bare.with_heads(np.arange(0, 30, 2))
    queries = []
    for count in (0, 3, 30):
        chosen = rng.choice(30, count, replace=False)
        columns = chosen[np.lexsort((chosen, chosen % 2))]
        queries.append((columns, rng.random(count, dtype=np.float32)))
    expected = kernel.SCIPY.sums(bare, queries).tobytes()
    assert kernel.NUMBA.sums(bare, queries).tobytes() == expected
    assert kernel.NUMBA.sums(headed, queries).tobytes() == expected
    assert b"".join(kernel.NUMBA.sums(headed, [query]).tobytes() for query in queries) == expected


def test_a_total_is_its_text_and_its_facets_and_a_constraint_forbids() -> None:
    matrix = sp.csc_array(np.array([[1, 0], [1, 1], [0, 1]], dtype=np.float32))
    postings = kernel.Postings(matrix.indptr.astype(np.int64), matrix.indices, matrix.data, 3)
    asked = kernel.Asked(np.array([0]), np.array([2], dtype=np.float32), np.float32(2), np.float32(0.25), 0.5)
    tables = kernel.Tables.of(
        np.array([[0, 1, 1], [0, 1, 0]], dtype=np.int32), [np.array([0.1, 0.2]), np.array([0.0, -np.inf])]
    )
    for form in (kernel.SCIPY, kernel.NUMBA):
        texts, totals = form.score(postings, asked, tables)
        assert texts.tolist() == [1.0, 1.0, 0.0]
        assert totals.tolist() == [pytest.approx(0.6), -np.inf, pytest.approx(0.2)]


def test_small_catalogues_do_not_wait_for_the_compiler() -> None:
    kernel.compiled.cache_clear()
    assert kernel.form_for(10) is kernel.SCIPY
    assert kernel.form_for(kernel.WORTH_COMPILING) is kernel.NUMBA
    kernel.compiled()
    assert kernel.form_for(10) is kernel.NUMBA
