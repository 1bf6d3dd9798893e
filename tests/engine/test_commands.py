"""The two commands that need no database: what they write, and what they say of bad input."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

RECORDS = [
    {
        "id": "d1",
        "kind": "demand",
        "title": "Former des sages-femmes",
        "language": "fr",
        "country": "MLI",
        "goals": [3],
    },
    {"id": "s1", "kind": "offer", "title": "Training of midwives", "language": "en", "country": "KEN", "goals": [3]},
    {"id": "s2", "kind": "offer", "title": "Tax administration", "language": "en", "country": "KEN"},
    {"id": "s3", "kind": "offer", "title": "Formation de sages-femmes", "language": "fr", "country": "MLI"},
]


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in RECORDS), encoding="utf-8")
    return path


def evaluated(records: Path, qrels: str, *options: str) -> str:
    judged = records.with_name("qrels.tsv")
    judged.write_text(qrels)
    out = StringIO()
    call_command("evaluate_ranker", str(records), str(judged), *options, stdout=out)
    return out.getvalue()


def test_rank_records_writes_a_run(records: Path) -> None:
    run = records.with_name("run.tsv")
    call_command("rank_records", str(records), "--out", str(run), "--k", "5", stdout=StringIO())
    rows = [line.split("\t") for line in run.read_text().splitlines()]
    assert [row[:3] for row in rows] == [["d1", "s1", "1"], ["d1", "s2", "2"]]  # s3 is of the demand's own country
    assert 1 >= float(rows[0][3]) > float(rows[1][3]) >= 0


def test_evaluate_ranker_compares_and_ablates(records: Path) -> None:
    found: dict[str, Any] = json.loads(evaluated(records, "d1\ts1\t2\n", "--json", "--compare", "plain", "--ablate"))
    best = {"ndcg@10": 1.0, "recall@10": 1.0, "mrr": 1.0, "p@1": 1.0}
    assert found["all"] == {"n": 1, **best, "se": dict.fromkeys(best, 0.0)}
    assert found["cross"] == found["pairs"]["fr→en"] == found["all"]
    assert "same" not in found
    assert {"plain", "without glossary", "without sdg", "without n-grams"} <= found.keys()


def test_table_has_a_line_a_subset(records: Path) -> None:
    lines = evaluated(records, "d1\ts1\t2\n", "--text-only").splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["ranker", "all"], ["ranker", "cross"], ["ranker", "fr→en"]]


@pytest.mark.parametrize(
    ("qrels", "problem"),
    [
        ("d1 s1 2\n", "line 1: 'd1 s1 2' is not demand id, tab, supply id, tab, grade"),
        ("d1\ts9\t1\n", "no such demand or supply in the records: s9"),
        ("d1\ts1\t0\n", "no pair is judged above 0"),
    ],
)
def test_bad_judgements_are_named(records: Path, qrels: str, problem: str) -> None:
    with pytest.raises(CommandError, match=problem):
        evaluated(records, qrels)


def test_bad_records_are_named(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text('{"id": "d1", "kind": "demand", "title": "t", "goals": [99]}\n')
    with pytest.raises(CommandError, match="line 1: goals 99 is no goal"):
        call_command("rank_records", str(path), "--out", str(tmp_path / "run.tsv"))
    with pytest.raises(CommandError, match="--k 0: give at least 1"):
        call_command("rank_records", str(path), "--out", str(tmp_path / "run.tsv"), "--k", "0")
    with pytest.raises(CommandError, match="there is no such folder"):
        call_command("rank_records", str(path), "--out", str(tmp_path / "nowhere" / "run.tsv"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("rank_records", str(tmp_path / "nothing"), "--out", str(tmp_path / "run.tsv"))
