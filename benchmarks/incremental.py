"""What changes cost: python -m benchmarks.incremental --supplies 100000 --demands 1000

One supply put and the demands it touches found; a query over a thousand changes; a refit against an analysis from
text; what a further worker opens and keeps for itself.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import catalogue, corpusmaker, measuring
from matching.engine.generations import Generation, Stamp
from matching.engine.ranker import Ranker
from matching.engine.segments.reverse import Reverse
from matching.engine.types import Profile

K = 20
CHANGES = 1_000


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--supplies", type=int, default=30_000)
    options.add_argument("--demands", type=int, default=500)
    options.add_argument("--folder", type=Path, default=Path("var/bench"))
    chosen = options.parse_args()
    generation = catalogue.generation(chosen.supplies, chosen.folder)
    print(measuring.machine())
    before = measuring.private_memory()
    ranker, seconds = _timed(lambda: catalogue.ranker(generation))
    print(f"a worker opens {chosen.supplies} supplies in {seconds:.1f} s", end="")
    demands = corpusmaker.demands(chosen.demands)
    sample = demands[:30]
    ranker.order(sample[0], K, today=catalogue.TODAY)
    print(f" and keeps {measuring.private_memory() - before:.0f} MB for itself, glossary and compiled loops included")
    print(f"query: {_query(ranker, sample):.2f} ms, analysis included")
    standings, seconds = _timed(lambda: [ranker.standing(demand, K, today=catalogue.TODAY) for demand in demands])
    print(f"full run: {len(demands) / seconds:.0f} demands/s in one process, without reasons")
    reverse, seconds = _timed(lambda: Reverse(standings, ranker, today=catalogue.TODAY))
    print(f"reverse index of {len(demands)} demands: made in {1e3 * seconds:.0f} ms")
    _changes(ranker, reverse, sample)
    _refit(ranker, chosen.folder, chosen.supplies)


def _changes(ranker: Ranker, reverse: Reverse, sample: list[Profile]) -> None:
    """Put supplies one by one, then up to a thousand; measure the same queries before and after, in turn."""
    new = corpusmaker.supplies(CHANGES, seed=3)
    single = [
        Profile(**{name: getattr(supply, name) for name in Profile.__slots__} | {"id": f"n{supply.id}"})
        for supply in new
    ]
    put, found, touched = [], [], []
    for supply in single[:60]:
        put.append(_timed(lambda supply=supply: ranker.put([supply]))[1])
        names, seconds = _timed(lambda supply=supply: reverse.touched([supply.id]))
        found.append(seconds)
        touched.append(len(names))
    print(f"one supply: put {1e3 * np.median(put):.1f} ms; demands found in {1e3 * np.median(found):.2f} ms", end="")
    print(f" (mean {1e3 * np.mean(found):.2f}), {np.mean(touched):.1f} of them touched")
    before = [_query(ranker, sample)]
    ranker.put(single[60:])
    after = [_query(ranker, sample)]
    print(f"query over {ranker.changes()} changes: {np.median(after) - np.median(before):+.2f} ms")


def _refit(ranker: Ranker, folder: Path, supplies: int) -> None:
    """Refit everything, and analyse a sample of the texts for comparison."""
    _, refit = _timed(lambda: Generation.refit(ranker, folder / "refit", stamp=Stamp("bench")))
    texts = corpusmaker.supplies(1_000, seed=5)
    fresh = Ranker(catalogue.CONFIG, catalogue.geography(catalogue.TODAY), catalogue.analyser())
    fresh.fit(texts[:200])
    _, seconds = _timed(lambda: fresh.fit(texts))
    text = seconds / len(texts) * supplies
    print(f"refit of {supplies}, written and checked: {refit:.1f} s; from text {text:.0f} s ({text / refit:.0f} times)")


def _query(ranker: Ranker, demands: list[Profile]) -> float:
    """Return the median milliseconds of a query; each demand's second of two counts."""
    times = []
    for demand in demands:
        ranker.order(demand, K, today=catalogue.TODAY)
        times.append(_timed(lambda demand=demand: ranker.order(demand, K, today=catalogue.TODAY))[1])
    return 1e3 * float(np.median(times))


def _timed(run: Callable[[], object]) -> tuple[object, float]:
    begun = time.process_time()
    result = run()
    return result, time.process_time() - begun


if __name__ == "__main__":
    main()
