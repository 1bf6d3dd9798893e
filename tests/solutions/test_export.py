"""Exporting: what is written can be read back exactly, and opens no spreadsheet formula."""

import csv
import io
import json

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solutions.enums import Kind
from solutions.models import Entry
from solutions.queries import for_records, vocabulary
from solutions.rules import FIELDS, clean
from solutions.services import FileFormat, export_records, import_records
from solutions.services.cells import columns, from_cells, to_cells
from solutions.services.records import record_of
from tests.factories import NOW, SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")

TEXTS = [
    "",
    "=1+1",
    "'=1+1",
    "''+x",
    "@cmd",
    "-5",
    "＝A1",
    "a|b\\c|",
    "\\",
    "|",
    "{x",
    "أهلا، 你好",
    'q"q',
    "a,b;c",
    "true",
    "01",
]
words = st.one_of(st.sampled_from(TEXTS), st.text(max_size=20))


def values_for(name, field):
    """Generate raw values for a field by what it holds."""
    lists = {
        "goals": st.sampled_from([1, 2, 6, 7]),
        "targets": st.sampled_from(["2.3", "2.a", "6.b"]),
        "sectors": st.sampled_from(["agriculture", "water"]),
        "modalities": st.sampled_from(["training", "study_visit"]),
        "working_languages": st.sampled_from(["en", "ar"]),
        "preferred_regions": st.sampled_from(["002", "005", "011"]),
        "eligible_groups": st.just("ldc"),
        "evidence_links": st.sampled_from(["https://example.org/a|b?x=1,2", "http://example.org"]),
        "needs": st.fixed_dictionaries(
            {"title": words.filter(lambda t: t.split()), "description": words},
            optional={"modality": st.sampled_from(["training", None])},
        ),
    }
    if name in ("country", "language"):
        return st.sampled_from(["SEN", "BRA", None] if name == "country" else ["en", "fr"])
    if name in ("linked_solutions", "adapted_from"):
        return st.just([] if name == "linked_solutions" else None)
    if isinstance(field.empty, list):
        countries = st.sampled_from(["SEN", "BRA"])
        one = lists.get(name, countries if "countr" in name or name == "past_recipients" else words)
        return st.lists(one, max_size=3)
    if name == "provenance":
        return st.dictionaries(st.sampled_from(["source", "paragraph", "note"]), words)
    if "date" in name:
        return st.sampled_from([None, "2026-01-31"])
    if name in ("beneficiary_count", "capacity_per_year", "capacity_left"):
        return st.sampled_from([None, 0, 7, 2_147_483_647])
    if isinstance(field.empty, bool):
        return st.booleans()
    if not field.clearable:
        return st.just(field.empty)
    if name == "contact_url":
        return st.sampled_from(["", "https://example.org/=x"])
    return words.filter(lambda t: t.split()) if field.required else words


def raws(kind):
    return st.fixed_dictionaries({name: values_for(name, field) for name, field in FIELDS[kind].items()})


@pytest.mark.parametrize("kind", Kind)
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_record_survives_both_formats(kind, data):
    known = vocabulary()
    record, problems = clean(kind, data.draw(raws(kind)), known)
    if problems:  # a control character in a generated text
        assert all("control character" in p.message or "more than one line" in p.message for p in problems)
        return
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns([kind]))
    writer.writeheader()
    writer.writerow(to_cells(record))
    file.seek(0)
    row = next(csv.DictReader(file))
    assert all(not cell or cell[0] not in "=+-@\t\r＝＋－＠" for cell in row.values())
    raw = {name: value for name, value in from_cells(row, kind).items() if name in FIELDS[kind]}
    assert clean(kind, raw, known) == (record, [])
    assert clean(kind, json.loads(json.dumps(record, default=str)), known) == (record, [])


FULL = [
    {
        "id": "s-1",
        "kind": "solution",
        "organisation": "cooperation-agency",
        "title": "=HYPERLINK()",
        "summary": "Two\nlines, “quoted”",
        "language": "ar",
        "country": "BRA",
        "targets": ["2.a"],
        "keywords": ["a|b", "-c"],
        "implementers": ["One", "Two"],
        "evidence_links": ["https://example.org"],
        "countries": ["SEN", "BRA"],
        "start_date": "2020-01-01",
        "status": "completed",
        "provenance": {"source": "A/75/371", "paragraph": "45", "url": "https://undocs.org/A/75/371"},
        "illustrative": True,
    },
    {"id": "s-2", "kind": "solution", "organisation": "cooperation-agency", "title": "B", "summary": "C",
     "language": "en", "adapted_from": "s-1"},
    {"id": "o-1", "kind": "offer", "organisation": "cooperation-agency", "title": "B", "summary": "C",
     "language": "fr", "linked_solutions": ["s-1", "s-2"], "capacity_left": 0, "eligible_groups": ["ldc"]},
    {"id": "d-1", "kind": "demand", "organisation": "ministry-of-agriculture", "title": "B", "summary": "C",
     "language": "zh", "visibility": "private", "urgency": "high", "preferred_regions": ["011"],
     "needs": [{"title": "N", "description": "A|B", "modality": "training"}, {"title": "M"}]},
]  # fmt: skip


@pytest.mark.parametrize("file_format", FileFormat)
def test_what_is_exported_is_imported_as_it_was(cast, tmp_path, file_format):
    source = tmp_path / "source.jsonl"
    source.write_text("\n".join(map(json.dumps, FULL)))
    import_records(path=source, at=NOW)
    before = [record_of(entry) for entry in for_records(Entry.objects.order_by("source_id"))]

    path = tmp_path / f"export.{file_format}"
    with path.open("wb") if file_format is FileFormat.XLSX else path.open("w", newline="") as out:
        assert export_records(out=out, file_format=file_format) == 4
    known = import_records(path=path, at=NOW)
    assert (known.created, known.updated, known.unchanged) == (0, 0, 4)

    Entry.objects.all().delete()
    fresh = import_records(path=path, at=NOW)
    assert (fresh.created, fresh.updated, fresh.unchanged) == (4, 0, 0)
    assert [record_of(entry) for entry in for_records(Entry.objects.order_by("source_id"))] == before


def test_an_entry_made_here_goes_by_its_public_id(cast, tmp_path):
    entry = SolutionFactory(organisation=cast.agency)
    path = tmp_path / "export.jsonl"
    call_command("export_records", "--out", path, "--kind", "solution")
    assert json.loads(path.read_text())["id"] == entry.public_id
    report = import_records(path=path, at=NOW)
    assert (report.created, report.unchanged) == (0, 1)


def test_the_command_exports_one_kind_or_all(cast, tmp_path):
    SolutionFactory(organisation=cast.agency)
    path = tmp_path / "export.csv"
    call_command("export_records", "--out", path, "--kind", "demand", "--format", "csv")
    assert path.read_text().startswith("id,kind,organisation,title,summary,body,language,country,goals,targets,")
    assert len(path.read_text().splitlines()) == 1
    call_command("export_records", "--out", path)
    assert [json.loads(line)["kind"] for line in path.read_text().splitlines()] == ["solution"]


def test_the_number_of_queries_does_not_grow(cast, django_assert_num_queries):
    for _ in range(2):
        SolutionFactory.create_batch(2, organisation=cast.agency)
        with django_assert_num_queries(7):
            export_records(out=io.StringIO(), file_format=FileFormat.JSONL)
