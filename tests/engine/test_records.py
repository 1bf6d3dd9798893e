"""Reading files: what is right becomes profiles, what is wrong is named by line, field and value."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matching.engine.records import RecordError, read_qrels, read_records
from matching.engine.types import Profile

GOOD: dict[str, Any] = {"id": "x1", "kind": "offer", "title": "Water"}


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_reads_every_field_the_engine_uses(tmp_path: Path) -> None:
    row = {
        **GOOD,
        "summary": "s",
        "body": "b",
        "language": "fr",
        "country": "SEN",
        "countries": ["MLI"],
        "goals": [2, 6],
        "targets": ["2.a", "16.10"],
        "sectors": ["water"],
        "modalities": ["training"],
        "keywords": ["k"],
        "working_languages": ["en"],
        "start_date": "2026-01-01",
        "end_date": None,
        "confirmed_date": "2026-02-01",
        "eligible_countries": ["KEN"],
        "eligible_groups": ["ldc"],
        "preferred_countries": ["IND"],
        "preferred_regions": ["034"],
        "organisation": "org",
        "contact_url": "not the engine's",
    }
    assert read_records(write(tmp_path / "r", row)) == [
        Profile(
            id="x1",
            kind="offer",
            title="Water",
            summary="s",
            body="b",
            language="fr",
            country="SEN",
            countries=("MLI",),
            goals=(2, 6),
            targets=("2.a", "16.10"),
            sectors=("water",),
            modalities=("training",),
            keywords=("k",),
            working_languages=("en",),
            start_date=date(2026, 1, 1),
            confirmed_date=date(2026, 2, 1),
            eligible_countries=("KEN",),
            eligible_groups=("ldc",),
            preferred_countries=("IND",),
            preferred_regions=("034",),
            organisation="org",
        )
    ]


def test_byte_order_mark_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "r"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n\r\n")
    assert read_records(path) == [Profile(id="x1", kind="offer", title="Water")]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": ""}, "id is missing or empty"),
        ({"title": "  "}, "title is missing or empty"),
        ({"title": 3}, "title 3 is not text"),
        ({"kind": "wish"}, "kind 'wish' is not one of demand, solution, offer"),
        ({"language": "de"}, "language 'de' is not one of en, fr, es, ar, pt, ru, zh"),
        ({"country": "Senegal"}, "country 'Senegal' is not an ISO 3166-1 alpha-3 code"),
        ({"goals": [18]}, "goals 18 is no goal"),
        ({"goals": ["6"]}, "goals '6' is no goal"),
        ({"goals": [True]}, "goals True is no goal"),
        ({"goals": 6}, "goals 6 is not a list"),
        ({"targets": ["6"]}, "targets '6' is not an SDG target"),
        ({"sectors": [""]}, "sectors '' is not a code or word"),
        ({"modalities": [1]}, "modalities 1 is not text"),
        ({"working_languages": ["French"]}, "working_languages 'French' is not an ISO 639 code such as 'fr'"),
        ({"preferred_regions": ["Africa"]}, "preferred_regions 'Africa' is not an M49 code"),
        ({"start_date": "1/2/2026"}, "start_date '1/2/2026' is no date"),
        ({"body": "x" * 100_001}, "body has 100,001 characters; the most is 100,000"),
    ],
)
def test_wrong_values_are_named_with_line_and_field(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    path = write(tmp_path / "records.jsonl", {**GOOD, "id": "x0"}, {**GOOD, **change})
    with pytest.raises(RecordError) as error:
        read_records(path)
    assert str(error.value).startswith(f"{path}, line 2: {problem}")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "not JSON (Expecting property name enclosed in double quotes at column 2)"),
        (b"[]", "not a JSON object: '[]'"),
        (b'{"title": "\xe9"}', "byte 0xe9 is not UTF-8"),
    ],
)
def test_lines_that_are_no_record(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "r"
    path.write_bytes(content)
    with pytest.raises(RecordError) as error:
        read_records(path)
    assert str(error.value).startswith(f"{path}, line 1: {problem}")


def test_repeated_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="line 2: id 'x1' stands on an earlier line too"):
        read_records(write(tmp_path / "r", GOOD, GOOD))


def test_reads_judgements(tmp_path: Path) -> None:
    path = tmp_path / "q"
    path.write_text("d1\ts1\t2\nd1\ts2\t0\nd2\ts1\t1\n")
    assert read_qrels(path) == {"d1": {"s1": 2, "s2": 0}, "d2": {"s1": 1}}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("d1 s1 2", "'d1 s1 2' is not demand id, tab, supply id, tab, grade"),
        ("d1\ts1\t-1", "grade '-1' is no whole number of 0 or more"),
        ("d0\ts0\t1", "'d0' and 's0' are judged on an earlier line too"),
    ],
)
def test_wrong_judgements_are_named(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "q"
    path.write_text(f"d0\ts0\t1\n{line}\n")
    with pytest.raises(RecordError) as error:
        read_qrels(path)
    assert str(error.value) == f"{path}, line 2: {problem}"
