"""Analyse many entries, in several processes when asked, and pack what was found."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from matching.engine.index import Analysis, document
from matching.engine.segments.counts import Counts, merge, pack
from matching.engine.types import Config, Profile

CHUNK: Final = 1_000  # entries a process takes at a time: packed, they travel as a few arrays

_analyser: Analysis
_config: Config


def analyse(
    profiles: Sequence[Profile],
    analyser: Analysis,
    config: Config,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Counts:
    """Return the packed documents of entries; row i is the i-th entry, whatever the number of workers."""
    chunks = [profiles[start : start + CHUNK] for start in range(0, len(profiles), CHUNK)] or [[]]
    parts = []
    done = 0
    for chunk, part in zip(chunks, _parts(chunks, analyser, config, min(workers, len(chunks))), strict=True):
        parts.append(part)
        done += len(chunk)
        if progress:
            progress(done, len(profiles))
    return merge(parts)


def _parts(chunks: Sequence[Sequence[Profile]], analyser: Analysis, config: Config, workers: int) -> Iterator[Counts]:
    if workers <= 1:
        for chunk in chunks:
            yield _packed(chunk, analyser, config)
        return
    spawned = multiprocessing.get_context("spawn")  # a fork would copy whatever threads hold
    with ProcessPoolExecutor(workers, spawned, initializer=_start, initargs=(analyser, config)) as pool:
        yield from pool.map(_work, chunks)


def _start(analyser: Analysis, config: Config) -> None:
    """Keep what a process needs for all of its chunks."""
    global _analyser, _config  # a pool's initializer has no other way to hand things on
    _analyser, _config = analyser, config


def _work(chunk: Sequence[Profile]) -> Counts:
    return _packed(chunk, _analyser, _config)


def _packed(chunk: Sequence[Profile], analyser: Analysis, config: Config) -> Counts:
    return pack([document(profile, analyser, config) for profile in chunk])
