"""Open a made catalogue, built once a size and kept in a folder between runs."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks import corpusmaker
from matching.engine.analysis import Analyser
from matching.engine.generations import Generation, GenerationMissingError, GenerationStaleError, Stamp
from matching.engine.ranker import Ranker
from matching.engine.segments.segment import Supplies
from matching.engine.types import Config, Geography

TODAY = corpusmaker.TODAY
CONFIG = Config()


def analyser() -> Analyser:
    """Return an analyser with the shipped glossary."""
    return Analyser(corpusmaker.glossary())


def generation(count: int, folder: Path, *, workers: int = 2) -> Generation:
    """Open the catalogue of so many supplies; build it when it is missing or made by an older engine."""
    root, stamp = folder / str(count), Stamp(f"bench-{corpusmaker.glossary().version}", f"{count}")
    try:
        return Generation.open(root, CONFIG, expected=stamp)
    except (GenerationMissingError, GenerationStaleError):
        made = corpusmaker.supplies(count)
        begun = time.perf_counter()
        built = Generation.build(made, analyser(), CONFIG, root, stamp=stamp, workers=workers)
        print(f"built {count} supplies in {time.perf_counter() - begun:.0f} s, {workers} processes")
        return built


def beginning(whole: Supplies, count: int) -> Supplies:
    """Return the first supplies of a catalogue as a catalogue."""
    return Supplies.of(whole.profiles[:count], whole.counts.take(np.arange(count)))


def ranker(found: Generation) -> Ranker:
    """Return a ranker over a generation, with the shipped geography."""
    return Ranker.from_generation(found, geography(TODAY), analyser())


def geography(today: date) -> Geography:
    """Return the regions and groups of the shipped countries; official languages are left out."""

    def rows(name: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads((corpusmaker.FIXTURES / "taxonomy" / f"{name}.json").read_text())[
            "rows"
        ]
        return found

    day = today.isoformat()
    return Geography.of(
        parents={row["code"]: row["parent"] for row in rows("regions")},
        countries={row["code"]: row["region"] for row in rows("countries")},
        members=[
            (row["country"], row["group"])
            for row in rows("country_group_memberships")
            if (row["since"] or "") <= day < (row["until"] or "9999")
        ],
        languages={},
    )
