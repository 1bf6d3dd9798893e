"""The command that proposes goals and targets, with the shipped glossary and profiles."""

import io
import json

import pytest
from django.core.management import CommandError, call_command


def propose(*args, **options):
    out = io.StringIO()
    call_command("propose_goals", *args, stdout=out, **options)
    return [line.split("\t") for line in out.getvalue().splitlines()]


TEXTS = {
    "en": "Drinking water for villages: boreholes with solar pumps, run by water user committees",
    "fr": "Eau potable pour les villages : forages à pompe solaire, gérés par des comités d'usagers de l'eau",
    "es": "Agua potable para las aldeas: pozos con bombas solares, gestionados por comités de usuarios del agua",
    "pt": "Água potável para as aldeias: furos com bombas solares, geridos por comités de utilizadores de água",
    "ar": "مياه الشرب للقرى: آبار بمضخات شمسية تديرها لجان مستخدمي المياه",
    "ru": "Питьевая вода для деревень: скважины с солнечными насосами под управлением комитетов водопользователей",
    "zh": "农村饮用水：由用水户委员会管理的太阳能水泵水井",
}


def test_a_text_in_any_language_is_about_water(tmp_path):
    records = tmp_path / "records.jsonl"
    lines = ({"id": code, "kind": "demand", "title": text, "language": code} for code, text in TEXTS.items())
    records.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    first: dict[str, str] = {}
    for record, topic, _confidence, _words in propose(str(records), least=0.3):
        first.setdefault(record, topic)
    assert first == dict.fromkeys(TEXTS, "6")


def test_a_text_is_read_from_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("Mosquito nets and antiretroviral treatment against malaria and HIV"))
    found = {topic: words for topic, _confidence, words in propose(language="en")}
    assert {"3", "3.3"} <= found.keys()
    assert "malaria" in found["3.3"]


def test_judgements_are_measured(tmp_path):
    path = tmp_path / "judgements.csv"
    path.write_text(
        "text,sdg,label\nMarine protected areas and coral reefs against overfishing,14,True\n"
        "Marine protected areas and coral reefs against overfishing,4,False\n",
        encoding="utf-8",
    )
    out = [line[0].split() for line in propose(judgements=path)]
    assert [line[-2] for line in out[1:]] == ["1.000", "1.000"]


@pytest.mark.parametrize(
    ("content", "problem"), [("text,sdg,label\nwells,99,True\n", "line 2"), ("text\n", "nothing to")]
)
def test_bad_judgements_are_refused(tmp_path, content, problem):
    path = tmp_path / "judgements.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=problem):
        propose(judgements=path)
