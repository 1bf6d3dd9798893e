"""Loading: what is written, what is left alone, what is refused."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from taxonomy.models import Country, CountryGroupMembership, Goal, ReferenceChange, Sector, Target
from taxonomy.services import TABLES, Counts, ReferenceDataError, default_folder, load_taxonomy, reference_rows
from tests.factories import NOW


def edit(folder, name, change):
    path = folder / f"{name}.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def set_field(number, field, value):
    def change(content):
        content["rows"][number - 1][field] = value

    return change


def test_first_load_creates_everything(loaded):
    assert loaded == {
        table.file: Counts(created=len(reference_rows(table.file)), updated=0, unchanged=0, removed=0)
        for table in TABLES
    }
    assert (Goal.objects.count(), Target.objects.count(), Country.objects.count()) == (17, 169, 248)


def test_second_load_writes_nothing(loaded, django_assert_num_queries):
    with django_assert_num_queries(3 + len(TABLES)):  # one look at each table and at the dates, inside a savepoint
        again = load_taxonomy(folder=default_folder(), at=NOW)
    assert {(counts.created, counts.updated, counts.removed) for counts in again.values()} == {(0, 0, 0)}
    assert sum(counts.unchanged for counts in again.values()) == sum(counts.created for counts in loaded.values())


def test_load_writes_only_what_differs(loaded, copied_folder):
    edit(copied_folder, "goals", set_field(3, "colour", "#000000"))
    edit(copied_folder, "sectors", lambda content: content["rows"].pop(0))
    memberships = reference_rows("country_group_memberships")
    graduate = next(number for number, row in enumerate(memberships, 1) if row["country"] == "BGD")
    edit(copied_folder, "country_group_memberships", set_field(graduate, "until", "2029-11-24"))
    edit(copied_folder, "country_group_memberships", lambda content: content["rows"].pop())
    told = {}

    later = NOW + timedelta(days=1)
    counts = load_taxonomy(folder=copied_folder, at=later, progress=told.__setitem__)

    assert counts["goals"] == Counts(created=0, updated=1, unchanged=16, removed=0)
    assert Goal.objects.get(number=3).colour == "#000000"
    # A sector that has left the file stays: entries may point to it.
    assert counts["sectors"] == Counts(created=0, updated=0, unchanged=104, removed=0)
    assert Sector.objects.count() == 105
    assert counts["country_group_memberships"] == Counts(created=0, updated=1, unchanged=317, removed=1)
    assert str(CountryGroupMembership.objects.get(group="ldc", country="BGD").until) == "2029-11-24"
    assert told == counts
    changed = ReferenceChange.objects.filter(at=later).values_list("file", flat=True)
    assert set(changed) == {"goals", "country_group_memberships"}


@pytest.mark.parametrize(
    ("file", "number", "field", "value", "message"),
    [
        ("goals", 2, "colour", "green", "Enter a valid value."),
        ("goals", 18, "number", 18, "Ensure this value is less than or equal to 17."),
        ("goals", 1, "names", {"fr": "Pas de pauvreté"}, "the English name is missing"),
        ("goals", 1, "names", {"en": " "}, "the name in 'en' must be text of 1 to 200 characters"),
        ("goals", 1, "color", "#FFFFFF", "is not known; the fields are names, number, colour"),
        ("targets", 5, "goal", 99, "99 is no goal in a row above"),
        ("targets", 2, "code", "1.1", "1.1 stands in an earlier row already"),
        ("targets", 2, "position", 1, "1 stands in an earlier row already"),
        ("regions", 2, "level", "continent", "Value 'continent' is not a valid choice."),
        ("regions", 1, "parent", "202", "'202' is no region in a row above"),
        ("countries", 12, "m49", "76", "Enter a valid value."),
        ("countries", 12, "region", "xyz", "'xyz' is no region in a row above"),
        ("countries", 12, "region", ["002"], "['002'] is no region in a row above"),
        ("countries", 12, "un_member", "yes", "“yes” value must be either True or False."),
        ("countries", 12, "names", ["Brazil"], "must be an object of names by language"),
        ("country_group_memberships", 1, "country", "XXX", "'XXX' is no country in a row above"),
        ("country_group_memberships", 1, "until", "1970-01-01", "must be after since"),
        ("sectors", 1, "dac_code", "11", "Enter a valid value."),
        ("languages", 1, "code", "English", "Enter a valid value."),
    ],
)
def test_a_broken_row_is_named_and_nothing_is_written(db, copied_folder, file, number, field, value, message):
    def change(content):
        if number > len(content["rows"]):
            content["rows"].append({**content["rows"][-1]})
        content["rows"][number - 1][field] = value

    edit(copied_folder, file, change)

    with pytest.raises(ReferenceDataError) as caught:
        load_taxonomy(folder=copied_folder, at=NOW)

    assert str(caught.value) == f"{file}.json, row {number}, field {field}: {message}"
    assert not any(table.model.objects.exists() for table in TABLES)


def test_a_missing_field_is_named(db, copied_folder):
    edit(copied_folder, "countries", lambda content: content["rows"][3].pop("alpha2"))
    with pytest.raises(ReferenceDataError, match=r"^countries\.json, row 4, field alpha2: is missing$"):
        load_taxonomy(folder=copied_folder, at=NOW)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "goals.json: cannot be read: Expecting property name"),
        ("[]", 'goals.json: must be an object with "source", "date" and "rows"'),
        ('{"date": "2026-01-01", "rows": [{}]}', "goals.json, field source: must say where the rows come from"),
        ('{"source": "x", "rows": [{}]}', "goals.json, field date: must be the day of the source"),
        ('{"source": "x", "date": 5, "rows": [{}]}', "goals.json, field date: must be the day of the source"),
        ('{"source": "x", "date": "2026-01-01", "rows": []}', "goals.json, field rows: must be a list"),
        ('{"source": "x", "date": "2026-01-01", "rows": [1]}', "goals.json, row 1: must be an object"),
    ],
)
def test_a_broken_file_is_named(tmp_path, content, message):
    (tmp_path / "goals.json").write_text(content, encoding="utf-8")
    with pytest.raises(ReferenceDataError) as caught:
        reference_rows("goals", folder=tmp_path)
    assert str(caught.value).startswith(message)


def test_a_missing_or_wrongly_encoded_file_is_named(tmp_path):
    with pytest.raises(ReferenceDataError, match=r"^goals\.json: cannot be read: .*No such file"):
        reference_rows("goals", folder=tmp_path)
    (tmp_path / "goals.json").write_bytes('{"source": "é"}'.encode("latin-1"))
    with pytest.raises(ReferenceDataError, match=r"^goals\.json: cannot be read: 'utf-8' codec"):
        reference_rows("goals", folder=tmp_path)


def test_command_reports_and_refuses(db, copied_folder, capsys):
    call_command("load_taxonomy")
    assert capsys.readouterr().out.splitlines()[:2] == [
        "goals: 17 created, 0 updated, 0 unchanged, 0 removed",
        "targets: 169 created, 0 updated, 0 unchanged, 0 removed",
    ]
    (copied_folder / "languages.json").unlink()
    with pytest.raises(CommandError, match=r"^languages\.json: cannot be read.*Nothing was loaded\.$"):
        call_command("load_taxonomy", folder=copied_folder)
