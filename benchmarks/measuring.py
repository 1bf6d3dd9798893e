"""Measure side by side: every contender in turn, again and again, so that a busy machine is unfair to none.

Times are processor time of this process: what others do on the machine is not in them. A contender that works in
another process is timed by the clock on the wall, and its name says so.
"""

from __future__ import annotations

import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numba import njit

WALL = "(wall)"
PACKAGES = ("numpy", "scipy", "numba", "scikit-learn", "sparse_dot_topn", "bm25s", "tantivy", "psycopg")


def interleaved(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each contender; the first round warms up and is not counted."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, run in contenders.items():
            clock = time.perf_counter if WALL in name else time.process_time
            begun = clock()
            run()
            if turn:
                times[name].append(clock() - begun)
    return {name: statistics.median(found) for name, found in times.items()}


def table(seconds: Mapping[str, float], first: str) -> str:
    """Return a Markdown table: milliseconds, and each as a multiple of the first."""
    lines = ["| | ms | times ours |", "|---|---:|---:|"]
    lines += [f"| {name} | {1e3 * found:.2f} | {found / seconds[first]:.2f} |" for name, found in seconds.items()]
    return "\n".join(lines)


def machine() -> str:
    """Name the machine and the versions."""
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"no {package}")
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    return f"{cpu}, Python {sys.version.split()[0]}, {', '.join(found)}; command: {' '.join(sys.argv)}"


def bandwidth() -> float:
    """Return the bytes a second that one core reads from memory: the best of five sums over 256 MB."""
    values = np.ones(64_000_000, dtype=np.float32)
    _sum(values)
    best = 0.0
    for _ in range(5):
        begun = time.perf_counter()
        _sum(values)
        best = max(best, values.nbytes / (time.perf_counter() - begun))
    return best


@njit(fastmath=True)  # type: ignore[untyped-decorator]  # numba ships no types
def _sum(values: np.ndarray) -> float:
    total = np.float32(0)
    for place in range(values.size):
        total += values[place]
    return total


def peak_memory() -> float:
    """Return the most megabytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def private_memory(process: int | str = "self") -> float:
    """Return the megabytes that only one process holds and has written; mapped files are not among them."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:")) / 1024
