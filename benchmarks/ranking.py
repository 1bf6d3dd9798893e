"""Rank against named peers: python -m benchmarks.ranking --supplies 100000 --demands 40

Every peer gets the same catalogue. Those that take a matrix get our weights, so that only the search differs; those
that keep their own index get our terms as tokens. Text only, unless the name says more.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import bm25s
import numpy as np
import psycopg
import scipy.sparse as sp
import tantivy
from sklearn.metrics.pairwise import cosine_similarity
from sparse_dot_topn import sp_matmul_topn

from benchmarks import catalogue, corpusmaker, measuring
from matching.engine.generations import Generation
from matching.engine.index import document
from matching.engine.kernel import NUMBA, SCIPY, TOGETHER, Asked, Form, Tables
from matching.engine.ranker import Ranker
from matching.engine.types import Profile

K = 20
Contenders = dict[str, Callable[[], object]]


def main() -> None:
    """Measure a batch, and one demand at a time."""
    options = argparse.ArgumentParser()
    options.add_argument("--supplies", type=int, default=30_000)
    options.add_argument("--demands", type=int, default=40)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--folder", type=Path, default=Path("var/bench"))
    options.add_argument("--postgres", default="", help="URL of an empty database, to measure its full text too")
    chosen = options.parse_args()
    generation = catalogue.generation(chosen.supplies, chosen.folder)
    ranker = catalogue.ranker(generation)
    demands = corpusmaker.demands(chosen.demands)
    asked = [_asked(ranker, demand) for demand in demands]
    print(measuring.machine())
    postings = generation.index.postings
    read = [int(np.diff(postings.starts)[query.columns].sum()) for query in asked]
    print(f"{chosen.supplies} supplies, {len(generation.index.vocabulary)} terms, {postings.rows.size} postings")
    print(f"{np.mean([query.columns.size for query in asked]):.0f} terms and {np.mean(read):.0f} postings a demand")
    batch, single = _contenders(generation, ranker, demands, asked, chosen.postgres)
    print("\nAll demands, milliseconds a demand\n")
    print(measuring.table(_each(measuring.interleaved(batch, 1), len(demands)), "numba"))
    print("\nOne demand, median over demands\n")
    seconds = {name: _median(name, run, len(demands), chosen.rounds) for name, run in single.items()}
    bound = float(np.median(read)) * 8 / measuring.bandwidth()
    print(measuring.table({"memory-bandwidth bound": bound, **seconds}, "numba"))


def _asked(ranker: Ranker, demand: Profile) -> Asked:
    index = ranker.statistics_
    found = document(demand, ranker.analyser, ranker.config)
    return index.query(index.asked(found), index.self_score(found))


def _contenders(
    generation: Generation, ranker: Ranker, demands: list[Profile], asked: list[Asked], postgres: str
) -> tuple[Contenders, dict[str, Callable[[int], object]]]:
    postings = generation.index.postings
    supplies = postings.matrix()
    rows = supplies.tocsr()
    transposed = _writable(supplies.T)
    queries = _writable(sp.vstack([_row(query, supplies.shape[1]) for query in asked]))
    nothing = Tables.of(np.zeros((0, postings.size), dtype=np.int32), [])

    def best(form: Form, query: Asked) -> object:
        return form.best(form.score(postings, query, nothing)[1], K)

    def together(queries: list[Asked]) -> np.ndarray:
        return NUMBA.sums(postings, [(query.columns, query.weights) for query in queries])

    def top(scores: np.ndarray) -> object:
        return np.argpartition(scores, -K)[..., -K:]

    lucene = _tantivy(generation)
    retriever = _bm25s(generation)
    tokens = [[str(column) for column in query.columns.tolist()] for query in asked]
    single: dict[str, Callable[[int], object]] = {
        "numba": lambda at: best(NUMBA, asked[at]),
        "numba, facets, constraints, analysis": lambda at: ranker.order(demands[at], K, today=catalogue.TODAY),
        "the same with reasons": lambda at: ranker.rank(demands[at], K, today=catalogue.TODAY),
        "scipy form": lambda at: best(SCIPY, asked[at]),
        "sparse_dot_topn": lambda at: sp_matmul_topn(queries[[at]], transposed, K, sort=True),
        "bm25s (numba)": lambda at: retriever.retrieve([tokens[at]], k=K, show_progress=False),
        "tantivy": lambda at: lucene(asked[at]),
    }
    batch: Contenders = {
        "numba": lambda: [
            NUMBA.best(NUMBA.combine(sums, query, nothing)[1], K)
            for start in range(0, len(asked), TOGETHER)
            for query, sums in zip(asked[start:][:TOGETHER], together(asked[start:][:TOGETHER]), strict=True)
        ],
        "numba, one by one": lambda: [best(NUMBA, query) for query in asked],
        "scikit-learn product, chunks of 20": lambda: [
            top((queries[start : start + 20] @ transposed).toarray()) for start in range(0, len(asked), 20)
        ],
        "sparse_dot_topn": lambda: sp_matmul_topn(queries, transposed, K, sort=True),
        "bm25s (numba)": lambda: retriever.retrieve(tokens, k=K, show_progress=False, n_threads=1),
        "cosine_similarity a demand": lambda: [top(cosine_similarity(row, rows)) for row in queries[:3]],
    }
    if postgres:
        search = _postgres(generation, postgres)
        single[f"PostgreSQL full text {measuring.WALL}"] = lambda at: search(asked[at])
    return batch, single


def _writable(matrix: sp.sparray) -> sp.csr_matrix:
    """Return a copy in the one form that sparse_dot_topn takes."""
    found = sp.csr_matrix(matrix, copy=True)
    parts = (np.array(found.data), found.indices.astype(np.int32), found.indptr.astype(np.int32))
    return sp.csr_matrix(parts, shape=found.shape)


def _row(query: Asked, terms: int) -> sp.csr_array:
    return sp.csr_array((query.weights, query.columns.astype(np.int32), [0, query.columns.size]), shape=(1, terms))


def _bm25s(generation: Generation) -> bm25s.BM25:
    """Return bm25s over our weights: its search alone is measured."""
    postings = generation.index.postings
    retriever = bm25s.BM25(backend="numba")
    retriever.scores = {
        "data": np.array(postings.weights),
        "indices": np.array(postings.rows),
        "indptr": postings.starts.astype(np.int32),
        "num_docs": postings.size,
    }
    retriever.nonoccurrence_array = None
    retriever.vocab_dict = {str(term): term for term in range(postings.starts.size - 1)}
    retriever.unique_token_ids_set = set(range(postings.starts.size - 1))
    return retriever


def _tantivy(generation: Generation) -> Callable[[Asked], object]:
    """Return tantivy over our terms as tokens, weighed by its own BM25."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("terms", stored=False, tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    index = tantivy.Index(schema, path=tempfile.mkdtemp())
    writer = index.writer(heap_size=500_000_000, num_threads=1)
    for text in _token_texts(generation):
        writer.add_document(tantivy.Document(terms=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(query: Asked) -> object:
        terms = [tantivy.Query.term_query(schema, "terms", f"t{column}") for column in query.columns.tolist()]
        return searcher.search(tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms]), K).hits

    return search


def _postgres(generation: Generation, url: str) -> Callable[[Asked], object]:
    """Return PostgreSQL's full text over our terms as lexemes; the table goes with the connection."""
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("CREATE TEMPORARY TABLE entries (id integer, terms tsvector)")
    with connection.cursor().copy("COPY entries FROM STDIN") as copy:
        for row, text in enumerate(_token_texts(generation)):
            copy.write_row((row, text))
    connection.execute("CREATE INDEX ON entries USING gin (terms)")
    connection.execute("ANALYZE entries")
    statement = (
        "SELECT id FROM entries, to_tsquery('simple', %s) asked WHERE terms @@ asked "
        f"ORDER BY ts_rank(terms, asked) DESC, id LIMIT {K}"
    )

    def search(query: Asked) -> object:
        return connection.execute(statement, [" | ".join(f"t{term}" for term in query.columns.tolist())]).fetchall()

    return search


def _token_texts(generation: Generation) -> list[str]:
    """Return the terms of each supply as words; a term counts as often as it stands there, rounded."""
    counts = generation.supplies.counts
    texts = []
    for row in range(len(counts)):
        place = counts.row(row)
        often = np.maximum(np.rint(counts.counts[place]), 1).astype(int)
        texts.append(" ".join(f"t{term}" for term in np.repeat(counts.terms[place], often)))
    return texts


def _each(seconds: dict[str, float], demands: int) -> dict[str, float]:
    return {name: found / (3 if "cosine" in name else demands) for name, found in seconds.items()}


def _median(name: str, run: Callable[[int], object], demands: int, rounds: int) -> float:
    """Return the median over demands of each one's median time."""
    times = [
        measuring.interleaved({name: lambda at=at: run(at)}, rounds)[name]  # type: ignore[misc]  # bound now
        for at in range(demands)
    ]
    return float(np.median(times))


if __name__ == "__main__":
    main()
