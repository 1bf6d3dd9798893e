"""How cost grows with the catalogue: python -m benchmarks.growth --sizes 10000 30000 100000

The smaller catalogues are the beginnings of the largest, so that one analysis serves all.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks import catalogue, corpusmaker, measuring
from matching.engine.index import Index, document
from matching.engine.kernel import NUMBA, Tables
from matching.engine.ranker import Ranker

K = 20


def main() -> None:
    """Measure each size and fit an exponent."""
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", type=int, nargs="+", default=[3_000, 10_000, 30_000])
    options.add_argument("--demands", type=int, default=20)
    options.add_argument("--folder", type=Path, default=Path("var/bench"))
    chosen = options.parse_args()
    whole = catalogue.generation(max(chosen.sizes), chosen.folder).supplies
    print(measuring.machine())
    print("\n| supplies | terms | postings | weigh s | texts ms | order ms | MB of postings |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    measured = []
    for size in sorted(chosen.sizes):
        part = catalogue.beginning(whole, size)
        begun = time.process_time()
        index = Index.of(part.counts, catalogue.CONFIG)
        weighed = time.process_time() - begun
        ranker = Ranker(catalogue.CONFIG, catalogue.geography(catalogue.TODAY), catalogue.analyser()).over(part, index)
        texts, order = _query(ranker, chosen.demands)
        postings = index.postings.rows.size
        measured.append((size, weighed, texts, order))
        print(
            f"| {size} | {len(index.vocabulary)} | {postings} | {weighed:.2f} | {texts:.2f} | {order:.2f} "
            f"| {postings * 8 / 1e6:.0f} |"
        )
    sizes, *columns = np.log(np.array(measured)).T
    exponents = [float(np.polyfit(sizes, column, 1)[0]) for column in columns]
    print(
        "\nexponents: " + ", ".join(f"{n} {e:.2f}" for n, e in zip(("weigh", "texts", "order"), exponents, strict=True))
    )


def _query(ranker: Ranker, count: int) -> tuple[float, float]:
    """Return median milliseconds of the sums with the best k, and of a whole query without reasons."""
    index, nothing = ranker.statistics_, Tables.of(np.zeros((0, ranker.statistics_.postings.size), dtype=np.int32), [])
    sums, orders = [], []
    for demand in corpusmaker.demands(count):
        found = document(demand, ranker.analyser, ranker.config)
        asked = index.query(index.asked(found), index.self_score(found))
        contenders = {
            "texts": lambda asked=asked: NUMBA.best(NUMBA.score(index.postings, asked, nothing)[1], K),
            "order": lambda demand=demand: ranker.order(demand, K, today=catalogue.TODAY),
        }
        seconds = measuring.interleaved(contenders, 3)
        sums.append(seconds["texts"])
        orders.append(seconds["order"])
    return 1e3 * float(np.median(sums)), 1e3 * float(np.median(orders))


if __name__ == "__main__":
    main()
