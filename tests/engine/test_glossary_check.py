"""What the check finds in glossary files, and how it counts what a glossary bridges."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from matching.engine.analysis import Analyser
from matching.engine.glossary import LANGUAGES, Glossary
from matching.engine.glossary_check import collisions, coverage, defects
from matching.engine.types import Profile

HEADER = "id\tdomain\t" + "\t".join(LANGUAGES)
WATER = "water\tplanet\twater\teau\tagua\tágua\tماء | مياه\tвода\t水"
SEA = WATER.replace("water\t", "sea\t", 1)
AIR = WATER.replace("water\t", "air\t", 1)


def file_of(folder: Path, *lines: str) -> Path:
    path = folder / "part.tsv"
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return path


def test_a_sound_file_has_no_defect(tmp_path: Path) -> None:
    assert list(defects([file_of(tmp_path, WATER)])) == []


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("water\tplanet\twater", "3 columns, not 9"),
        (WATER.replace("water\tplanet", "Water Supply\tplanet"), "the id is not"),
        (WATER.replace("planet", "the planet"), "domain 'the planet'"),
        (WATER.replace("eau", ""), "fr: a form is empty"),
        (WATER.replace("eau", "eau | eau"), "fr: 'eau' stands twice"),
        (WATER.replace("eau", "eau (douce)"), "fr: 'eau (douce)' has a stray '('"),
        (WATER.replace("вода", "voda"), "ru: 'voda' is not in the script"),
        (WATER.replace("eau", "вода"), "fr: 'вода' is not in the script"),
        (WATER.replace("eau", "terre mer ciel vent pluie neige glace"), "is longer than"),
        ("", "empty line"),
        (SEA, "sea: also in"),
    ],
)
def test_each_kind_of_defect_is_found(tmp_path: Path, line: str, text: str) -> None:
    found = [str(defect) for defect in defects([file_of(tmp_path, SEA, line, AIR)])]
    assert len(found) == 1
    assert text in found[0]
    assert "part.tsv:3:" in found[0]


def test_a_wrong_header_is_a_defect(tmp_path: Path) -> None:
    path = tmp_path / "part.tsv"
    path.write_text("id\ten\n", encoding="utf-8")
    assert [defect.line for defect in defects([path])] == [1]


def test_acronyms_are_at_home_in_every_script(tmp_path: Path) -> None:
    assert list(defects([file_of(tmp_path, WATER.replace("вода", "COVID-19 | ВИЧ | CO2"))])) == []


def test_forms_of_two_concepts_collide_even_when_inflected() -> None:
    forms = dict.fromkeys(LANGUAGES, "x")
    glossary = Glossary.from_rows(
        [
            {"id": "training", "domain": "general", **forms, "fr": "formation"},
            {"id": "rock", "domain": "planet", **forms, "fr": "formations | roche"},
        ]
    )
    assert collisions(glossary)["fr"] == {"formation": ("training", "rock")}


def test_coverage_counts_bridged_words_by_language() -> None:
    cells = WATER.split("\t")
    glossary = Glossary.from_rows([dict(zip(("id", "domain", *LANGUAGES), cells, strict=True))])
    records = [
        Profile(id="1", kind="demand", title="Eaux et zébus", language="fr"),
        Profile(id="2", kind="solution", title="水 2030", language="zh"),
    ]
    found = coverage(records, Analyser(glossary))
    assert list(found) == ["fr", "zh"]
    assert (found["fr"].words, found["fr"].share, dict(found["fr"].unbridged)) == (2, 0.5, {"zebu": 1})
    assert found["zh"].share == 1


def test_the_command_refuses_a_defect(tmp_path: Path) -> None:
    errors = StringIO()
    with pytest.raises(CommandError, match="1 defects"):
        call_command("check_glossary", file_of(tmp_path, WATER.replace("eau", "")), stderr=errors)
    assert "fr: a form is empty" in errors.getvalue()


def test_the_command_prints_collisions_and_coverage(tmp_path: Path) -> None:
    out = StringIO()
    records = tmp_path / "records.jsonl"
    records.write_text('{"id": "1", "kind": "demand", "title": "Eaux", "language": "fr"}\n', encoding="utf-8")
    part = file_of(tmp_path, WATER, SEA)
    call_command("check_glossary", part, "--corpus", records, stdout=out)
    assert "2 concepts in 1 files" in out.getvalue()
    assert "eau: water, sea" in out.getvalue()
    assert "fr: 1 words, 100.0% bridged" in out.getvalue()


def test_the_shipped_glossary_has_no_defect() -> None:
    paths = sorted((settings.FIXTURES_DIR / "glossary").glob("*.tsv"))
    assert [str(defect) for defect in defects(paths)] == []
    assert len(Glossary.load(paths)) >= 4500
