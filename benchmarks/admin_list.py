"""Measure the desk's list of matches with a hundred times as many matches: it should take the same time.

Run: python -m benchmarks.admin_list [--matches 100000]. Two processes, each with an SQLite database of its own in a
temporary folder, one of 1,000 matches and one of so many, are asked for the same pages in turn, through the whole
stack: log-in, permissions, queries, templates. Texts and explanations are about as long as real ones. The numbers
beside the filters are counted every five minutes: the request that counts them is measured apart ("cold").
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

FEW = 1_000
ROUNDS = 7
LIST = "/admin/matching/match/"
QUEUE = f"{LIST}queue/"
PAGES = (
    LIST,
    f"{LIST}?state=proposed",
    f"{LIST}?band=strong",
    f"{LIST}?goal=6",
    f"{LIST}?region=202",
    f"{LIST}?state=introduced",
    f"{LIST}?overdue=yes",
    QUEUE,
)


def main() -> None:
    """Start both, ask in turn, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--matches", type=int, default=100_000)
    many: int = parser.parse_args().matches
    with tempfile.TemporaryDirectory() as folder:
        desks = {size: _start(size, f"{folder}/{size}") for size in (FEW, many)}
        cold = {size: _ask(desk, f"cold {LIST}") for size, desk in desks.items()}
        times: dict[str, dict[int, list[float]]] = {page: {size: [] for size in desks} for page in PAGES}
        queries: dict[str, dict[int, float]] = {page: {} for page in PAGES}
        for turn in range(ROUNDS + 1):
            for page in PAGES:
                for size, desk in desks.items():
                    seconds, number = _ask(desk, page)
                    queries[page][size] = number
                    if turn:  # the first round warms up
                        times[page][size].append(seconds)
        for desk in desks.values():
            desk.communicate("")
    print(f"| page | ms, {FEW:,} matches | ms, {many:,} matches | ratio | queries |\n|---|---:|---:|---:|---:|")
    for page in PAGES:
        few, lots = (statistics.median(times[page][size]) for size in desks)
        asked = " / ".join(f"{number:g}" for number in dict.fromkeys(queries[page].values()))
        print(f"| {page} | {1e3 * few:.0f} | {1e3 * lots:.0f} | {lots / few:.2f} | {asked} |")
    print(f"\ncold: {1e3 * cold[FEW][0]:.0f} ms and {1e3 * cold[many][0]:.0f} ms, every five minutes at most")


def _start(size: int, folder: str) -> subprocess.Popen[str]:
    """Start a process with a desk of so many matches and wait until it is filled."""
    known = {**os.environ, "VAR_DIR": folder, "DATABASE_URL": "", "DEBUG": "1"}
    command = [sys.executable, "-m", "benchmarks.admin_desk", str(size)]
    desk = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=known)
    begun = time.perf_counter()
    assert desk.stdout
    assert desk.stdout.readline().strip() == "ready"
    print(f"{size:,} matches made in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return desk


def _ask(desk: subprocess.Popen[str], page: str) -> tuple[float, float]:
    """Return the seconds and the number of queries that a page takes."""
    assert desk.stdin
    assert desk.stdout
    print(page, file=desk.stdin, flush=True)
    seconds, queries = json.loads(desk.stdout.readline())
    return float(seconds), float(queries)


if __name__ == "__main__":
    main()
