"""The glossary as it is read, merged and overridden."""

from __future__ import annotations

from pathlib import Path

from matching.engine.glossary import LANGUAGES, Glossary, split_forms

HEADER = "id\tdomain\t" + "\t".join(LANGUAGES) + "\n"


def row(identifier: str, **forms: str) -> dict[str, str]:
    return {"id": identifier, "domain": "general", **{language: forms.get(language, "x") for language in LANGUAGES}}


def test_a_cell_is_split_at_its_bars_without_empty_or_repeated_forms() -> None:
    assert split_forms(" water |  drinking   water | | water ") == ("water", "drinking water")


def test_files_are_read_and_rows_of_one_id_are_one_concept(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(HEADER + "water\tplanet\twater\teau\tagua\tágua\tماء\tвода\t水\n", encoding="utf-8")
    (tmp_path / "b.tsv").write_text(
        HEADER + "water\tplanet\tfresh water | water\teau\tagua\tágua\tمياه\tвода\t水\n", encoding="utf-8"
    )
    glossary = Glossary.load(tmp_path.glob("*.tsv"))
    assert list(glossary.concepts) == ["water"]
    assert glossary.concepts["water"].forms["en"] == ("water", "fresh water")
    assert glossary.concepts["water"].forms["ar"] == ("ماء", "مياه")


def test_rows_of_a_database_replace_shipped_ones() -> None:
    shipped = Glossary.from_rows([row("water", en="water"), row("soil", en="soil")])
    mended = shipped.overridden_by(Glossary.from_rows([row("water", en="fresh water"), row("air", en="air")]))
    assert [concept.forms["en"] for concept in mended.concepts.values()] == [("fresh water",), ("soil",), ("air",)]
    assert shipped.concepts["water"].forms["en"] == ("water",)


def test_the_version_follows_the_content() -> None:
    one = Glossary.from_rows([row("water", en="water")])
    assert one.version == Glossary.from_rows([row("water", en=" water | water")]).version
    assert one.version != Glossary.from_rows([row("water", en="fresh water")]).version
    assert one.version != Glossary().version


def test_a_cell_that_is_missing_holds_no_form() -> None:
    assert Glossary.from_rows([{"id": "water", "domain": "planet", "en": "water"}]).concepts["water"].forms["zh"] == ()
