"""A generation: what a ranker needs of a catalogue, as arrays that are built once and mapped by every worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from matching.engine.generations.analysing import analyse
from matching.engine.generations.files import GenerationStaleError, current, read_arrays, read_facts, write
from matching.engine.index import Analysis, Index
from matching.engine.kernel import Heads, Postings, Rows
from matching.engine.segments.counts import Counts
from matching.engine.segments.facets import FIELDS, Facets
from matching.engine.segments.profiles import Profiles
from matching.engine.segments.segment import Supplies
from matching.engine.segments.strings import Strings, Vocabulary
from matching.engine.types import Config, Profile

if TYPE_CHECKING:
    from matching.engine.ranker import Ranker

FORMAT: Final = 3  # of the files; raise it whenever they, or what codes a facet, change

Progress = Callable[[int, int], None]
"""Is told how many entries are analysed, and of how many."""

Notes = Mapping[str, Sequence[int]]
"""Whole numbers to keep with each supply, by its id; equally many for each."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Say what a generation was made from: ``engine`` names analysis and glossary, ``corpus`` a state of the supplies.

    As an expectation, an empty ``corpus`` accepts any: changes since can be put into the ranker.
    """

    engine: str
    corpus: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Generation:
    """Hold a catalogue analysed, weighed and coded; mapped from ``folder``.

    ``notes``: N rows of whole numbers that the caller keeps with each supply, such as its key and version.
    """

    stamp: Stamp
    folder: Path
    supplies: Supplies
    index: Index
    notes: Rows

    @classmethod
    def build(
        cls,
        profiles: Iterable[Profile],
        analyser: Analysis,
        config: Config,
        root: Path,
        *,
        stamp: Stamp,
        notes: Notes | None = None,
        workers: int = 1,
        progress: Progress | None = None,
    ) -> Self:
        """Analyse supplies, write them as the current generation and open it.

        More than one worker means processes, which a process that is itself a daemon may not start.
        """
        supplies = sorted(profiles, key=lambda supply: supply.id)
        counts = analyse(supplies, analyser, config, workers=workers, progress=progress)
        return cls.write(Supplies.of(supplies, counts), config, root, stamp=stamp, notes=notes)

    @classmethod
    def refit(cls, ranker: Ranker, root: Path, *, stamp: Stamp, notes: Notes | None = None) -> Self:
        """Write what a ranker holds now as the current generation: new statistics, no text read again."""
        return cls.write(ranker.supplies(), ranker.config, root, stamp=stamp, notes=notes)

    @classmethod
    def write(cls, supplies: Supplies, config: Config, root: Path, *, stamp: Stamp, notes: Notes | None = None) -> Self:
        """Weigh supplies by their own statistics, write them as the current generation and open it.

        What is opened is what was written, even if another process has made its own the current one since.
        """
        index = Index.of(supplies.counts, config)
        facts = {
            "format": FORMAT,
            "engine": stamp.engine,
            "corpus": stamp.corpus,
            "config": config.index_version,
            "facets": list(FIELDS),
            "supplies": len(supplies.ids),
            "lengths": index.lengths,
        }
        kept = np.array([notes[name] for name in supplies.ids] if notes else [], dtype=np.int64)
        return cls._mapped(*write(root, {**_arrays(supplies, index), "notes": kept}, facts), config, stamp)

    @classmethod
    def open(cls, root: Path, config: Config, *, expected: Stamp) -> Self:
        """Map the current generation.

        Raises GenerationMissingError, GenerationStaleError (another format, engine, configuration or corpus) or
        GenerationCorruptError (checksums).
        """
        return cls._mapped(*current(root), config, expected)

    @classmethod
    def _mapped(cls, folder: Path, checksum: str, config: Config, expected: Stamp) -> Self:
        facts = read_facts(folder, checksum)
        wanted = {"format": FORMAT, "engine": expected.engine, "config": config.index_version, "facets": list(FIELDS)}
        if expected.corpus:
            wanted["corpus"] = expected.corpus
        for name, value in wanted.items():
            if facts.get(name) != value:
                raise GenerationStaleError(f"{folder}: {name} is {facts.get(name)!r}, not {value!r}")
        arrays = read_arrays(folder, facts["files"])
        return cls(Stamp(expected.engine, facts["corpus"]), folder, *_load(arrays, facts, config), arrays["notes"])


def _arrays(supplies: Supplies, index: Index) -> dict[str, np.ndarray]:
    counts, postings, facets = supplies.counts, index.postings, supplies.facets
    vocabulary = Vocabulary.of(counts.keys)
    strings = {
        "ids": Strings.of(supplies.ids),
        "profiles": Profiles.of(supplies.profiles).stored,
        "statements": Profiles.of(chain.from_iterable(facets.statements)).stored,
        "keys": counts.keys,
        "wordings": counts.wordings,
        "spoken": counts.spoken,
    }
    arrays: dict[str, np.ndarray] = {
        "starts": counts.starts,
        "terms": counts.terms,
        "counts": counts.counts,
        "surfaces": counts.surfaces,
        "languages": counts.languages,
        "codes": facets.codes,
        "statement_starts": np.cumsum([0, *map(len, facets.statements)], dtype=np.int64),
        "idf": index.idf,
        "grams": index.grams,
        "posting_starts": postings.starts,
        "posting_rows": postings.rows,
        "posting_weights": postings.weights,
        "heads": index.heads,
        "hashes": vocabulary.hashes,
        "places": vocabulary.places,
    }
    for name, found in strings.items():
        arrays[f"{name}_text"], arrays[f"{name}_offsets"] = found.text, found.offsets
    if postings.heads:
        arrays["head_lines"] = postings.heads.lines
    return arrays


def _load(arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any], config: Config) -> tuple[Supplies, Index]:
    def strings(name: str) -> Strings:
        return Strings(arrays[f"{name}_text"], arrays[f"{name}_offsets"])

    counts = Counts(
        keys=strings("keys"),
        wordings=strings("wordings"),
        spoken=strings("spoken"),
        starts=arrays["starts"],
        terms=arrays["terms"],
        counts=arrays["counts"],
        surfaces=arrays["surfaces"],
        languages=arrays["languages"],
    )
    stated, starts = strings("statements"), arrays["statement_starts"].tolist()
    facets = Facets(arrays["codes"], tuple(Profiles(stated.part(*ends)) for ends in pairwise(starts)))
    words, grams = facts["lengths"]
    supplies = Supplies(strings("ids"), Profiles(strings("profiles")), counts, facets)
    lines = arrays.get("head_lines")
    heads = None if lines is None else Heads(np.flatnonzero(arrays["heads"]), lines)
    index = Index(
        vocabulary=Vocabulary(counts.keys, arrays["hashes"], arrays["places"]),
        counts=counts,
        grams=arrays["grams"],
        postings=Postings(
            arrays["posting_starts"], arrays["posting_rows"], arrays["posting_weights"], len(supplies.ids), heads
        ),
        idf=arrays["idf"],
        heads=arrays["heads"],
        lengths=(words, grams),
        config=config,
    )
    return supplies, index
