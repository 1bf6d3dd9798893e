"""A generation on disk ranks as the catalogue it was built from, and nothing else is ever opened in its place."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import index as index_module
from matching.engine import kernel
from matching.engine.generations import (
    Generation,
    GenerationCorruptError,
    GenerationMissingError,
    GenerationStaleError,
    Stamp,
    prune,
)
from matching.engine.generations import analysing as analysing_module
from matching.engine.generations import generation as generation_module
from matching.engine.generations.analysing import analyse
from matching.engine.ranker import Ranker
from matching.engine.types import Config, Profile
from tests.engine.cast import ANALYSER, DEMAND, GEOGRAPHY, SUPPLIES, TODAY
from tests.engine.test_ranker import PROFILES

CONFIG = Config()
STAMP = Stamp("engine-1", "corpus-1")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True, params=["no heads", "heads"])
def _heads(request: pytest.FixtureRequest) -> Iterator[None]:
    """Try everything without dense lines and with them, however few supplies there are."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "heads":
            pytest.importorskip("numba", reason="numba is not installed: no lines are added")
            kernel.compiled()
            patch.setattr(index_module, "WORTH_COMPILING", 0)
        yield


def built(root: Path, *supplies: Profile, stamp: Stamp = STAMP) -> Generation:
    return Generation.build(supplies, ANALYSER, CONFIG, root, stamp=stamp)


def mapped(generation: Generation) -> Ranker:
    return Ranker.from_generation(generation, GEOGRAPHY, ANALYSER)


@settings(max_examples=15, deadline=None)
@given(st.lists(PROFILES, unique_by=lambda profile: profile.id, max_size=12))
def test_ranks_from_disk_as_from_memory(tmp_path_factory: pytest.TempPathFactory, supplies: list[Profile]) -> None:
    root = tmp_path_factory.mktemp("generations")
    built(root, *supplies)
    found = mapped(Generation.open(root, CONFIG, expected=STAMP))
    fresh = Ranker(CONFIG, GEOGRAPHY, ANALYSER).fit(supplies)
    assert found.rank(DEMAND, 5, today=TODAY) == fresh.rank(DEMAND, 5, today=TODAY)
    assert found.order(DEMAND, today=TODAY) == fresh.order(DEMAND, today=TODAY)
    for supply in supplies:
        assert found.explain(DEMAND, supply.id, today=TODAY) == fresh.explain(DEMAND, supply.id, today=TODAY)


def test_refit_reads_no_text_and_ranks_as_a_rebuild(tmp_path: Path) -> None:
    ranker = mapped(built(tmp_path, *SUPPLIES))
    new = replace(SUPPLIES[0], id="s9", title="Drip irrigation for villages", body="water committees")
    ranker.put([new, replace(SUPPLIES[1], title="Comités pour l'eau potable")])
    ranker.remove(["s4"])
    held = [SUPPLIES[0], replace(SUPPLIES[1], title="Comités pour l'eau potable"), SUPPLIES[2], SUPPLIES[4], new]
    again = mapped(Generation.refit(ranker, tmp_path, stamp=replace(STAMP, corpus="corpus-2")))
    assert again.changes() == 0
    fresh = Ranker(CONFIG, GEOGRAPHY, ANALYSER).fit(held)
    assert again.rank(DEMAND, today=TODAY) == fresh.rank(DEMAND, today=TODAY)
    assert dict(again.segments_[0].index.vocabulary) == dict(fresh.segments_[0].index.vocabulary)


def test_old_generation_stays_until_it_is_pruned_and_stays_mapped(tmp_path: Path) -> None:
    first = built(tmp_path, *SUPPLIES)
    before = mapped(first).rank(DEMAND, today=TODAY)
    second, third = (built(tmp_path, *SUPPLIES[:number]) for number in (3, 2))
    assert Generation.open(tmp_path, CONFIG, expected=STAMP).folder == third.folder
    (tmp_path / "building-left").mkdir()
    (tmp_path / "building-done").symlink_to(tmp_path / "nowhere")  # listed, and gone when it is looked at
    assert prune(tmp_path, keep=2, abandoned_before=LONG_AGO) == [first.folder]
    assert not first.folder.exists()
    assert second.folder.exists()
    assert mapped(first).rank(DEMAND, today=TODAY) == before
    os.utime(tmp_path / "building-left", (0, 0))
    assert prune(tmp_path, keep=2, abandoned_before=LONG_AGO) == [tmp_path / "building-left"]


def test_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GenerationMissingError):
        Generation.open(tmp_path, CONFIG, expected=STAMP)
    (tmp_path / "current.json").write_text('{"generation": "../elsewhere", "manifest": ""}')
    with pytest.raises(GenerationMissingError):
        Generation.open(tmp_path, CONFIG, expected=STAMP)


@pytest.mark.parametrize("expected", [Stamp("engine-2"), Stamp("engine-1", "corpus-2")])
def test_stale_is_refused(tmp_path: Path, expected: Stamp) -> None:
    built(tmp_path, *SUPPLIES)
    with pytest.raises(GenerationStaleError):
        Generation.open(tmp_path, CONFIG, expected=expected)


def test_another_configuration_or_format_is_stale_and_any_corpus_may_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(tmp_path, *SUPPLIES)
    with pytest.raises(GenerationStaleError):
        Generation.open(tmp_path, replace(CONFIG, k1=1.3), expected=STAMP)
    assert Generation.open(tmp_path, CONFIG, expected=Stamp("engine-1")).stamp == STAMP
    monkeypatch.setattr(generation_module, "FORMAT", 0)
    with pytest.raises(GenerationStaleError):
        Generation.open(tmp_path, CONFIG, expected=STAMP)


def test_other_weights_of_facets_read_the_same_index(tmp_path: Path) -> None:
    built(tmp_path, *SUPPLIES)
    learned = replace(CONFIG, weights={**CONFIG.weights, "sector": 0.05, "window": 0.03})
    ranker = mapped(Generation.open(tmp_path, learned, expected=STAMP))
    fresh = Ranker(learned, GEOGRAPHY, ANALYSER).fit(SUPPLIES)
    assert ranker.rank(DEMAND, today=TODAY) == fresh.rank(DEMAND, today=TODAY)


def test_notes_are_kept_with_the_supplies_and_what_was_written_is_what_is_opened(tmp_path: Path) -> None:
    notes = {supply.id: (number, 7) for number, supply in enumerate(SUPPLIES)}
    other = Generation.build(SUPPLIES, ANALYSER, CONFIG, tmp_path, stamp=Stamp("other"), notes=notes)
    assert [tuple(row) for row in other.notes.tolist()] == [notes[name] for name in other.supplies.ids]
    assert Generation.open(tmp_path, CONFIG, expected=Stamp("other")).notes.tolist() == other.notes.tolist()
    assert Generation.write(other.supplies, CONFIG, tmp_path, stamp=STAMP).notes.size == 0


def test_every_changed_or_lost_file_is_refused(tmp_path: Path) -> None:
    folder = built(tmp_path, *SUPPLIES).folder
    paths = sorted(folder.iterdir())
    assert len(paths) > 20
    for path in paths:
        whole = path.read_bytes()
        for broken in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[: len(whole) // 2], None):
            path.unlink()
            if broken is not None:
                path.write_bytes(broken)
            with pytest.raises(GenerationCorruptError):
                Generation.open(tmp_path, CONFIG, expected=STAMP)
            path.write_bytes(whole)
    assert Generation.open(tmp_path, CONFIG, expected=STAMP).folder == folder


def test_processes_find_what_one_finds_and_say_how_far_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysing_module, "CHUNK", 2)
    told: list[tuple[int, int]] = []
    alone = analyse(SUPPLIES, ANALYSER, CONFIG)
    several = analyse(SUPPLIES, ANALYSER, CONFIG, workers=2, progress=lambda *far: told.append(far))
    for name in ("starts", "terms", "counts"):
        assert np.array_equal(getattr(alone, name), getattr(several, name))
    for name in ("keys", "wordings", "spoken"):
        assert sorted(getattr(alone, name)) == sorted(getattr(several, name))
    assert told == [(2, 5), (4, 5), (5, 5)]
