"""Importing: what is written, what is refused and how, and that a refused file writes nothing."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from solutions.enums import EntryState
from solutions.models import Entry, Offer, Solution
from solutions.queries import for_records
from solutions.services import ImportRefusedError, import_records
from solutions.services.records import record_of
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("taxonomy")

LATER = NOW + timedelta(hours=1)
SOLUTION = {
    "id": "s-1",
    "kind": "solution",
    "title": "Field schools for irrigation",
    "summary": "Farmers learn from each other along one canal.",
    "language": "en",
    "organisation": "cooperation-agency",
}
DEMAND = {**SOLUTION, "id": "d-1", "kind": "demand", "organisation": "ministry-of-agriculture"}


@pytest.fixture
def write(tmp_path):
    """Write rows as JSON Lines, or text or bytes as they are, into a file."""

    def file(*rows, name="records.jsonl"):
        path = tmp_path / name
        lines = [row if isinstance(row, str | bytes) else json.dumps(row) for row in rows]
        path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
        return path

    return file


def refused(path, **options):
    with pytest.raises(ImportRefusedError) as error:
        import_records(path=path, at=NOW, **options)
    assert not Entry.objects.exists()
    return error.value


def test_a_file_is_imported_once_and_changes_are_taken_over(cast, write):
    rows = [
        {**SOLUTION, "targets": ["2.3"], "sectors": ["water", "canal repair"], "countries": ["SEN"], "goals": [6]},
        {**DEMAND, "needs": [{"title": "Train", "modality": "training"}], "visibility": "private"},
    ]
    first = import_records(path=write(*rows), at=NOW)
    again = import_records(path=write(*rows), at=LATER)
    assert (first.created, first.updated, first.unchanged) == (2, 0, 0)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    solution = for_records(Entry.objects.filter(source_id="s-1")).get()
    record = record_of(solution)
    assert (record["goals"], record["sectors"], record["keywords"]) == ([2, 6], ["water"], ["canal repair"])
    assert (solution.version, solution.state, solution.organisation) == (1, EntryState.DRAFT, cast.agency)

    rows[0]["title"] = "Field schools along a canal"
    third = import_records(path=write(*rows), at=LATER)
    assert (third.created, third.updated, third.unchanged) == (0, 1, 1)
    changed = Solution.objects.get()
    assert (changed.title, changed.version, changed.updated_at) == ("Field schools along a canal", 2, LATER)
    assert [h.title for h in changed.history.order_by("pk")] == [SOLUTION["title"], "Field schools along a canal"]


def test_a_field_left_out_of_an_update_stays_as_it_is(cast, write):
    import_records(path=write({**DEMAND, "visibility": "private", "gap": "Nobody knows how."}), at=NOW)
    import_records(path=write({**DEMAND, "title": "Another title"}), at=LATER)
    demand = Entry.objects.get().details
    assert (demand.title, demand.visibility, demand.gap) == ("Another title", "private", "Nobody knows how.")


def test_publishing_walks_the_states_and_makes_the_ranking_due_once(cast, write, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as jobs:
        import_records(path=write(SOLUTION, DEMAND), publish=True, at=NOW)
    assert len(jobs) == 1
    for entry in Entry.objects.all():
        moves = [(event.from_state, event.to_state) for event in entry.events.order_by("pk")]
        assert moves == [("draft", "submitted"), ("submitted", "published")]
        assert (entry.published_at, entry.ranking_due_at) == (NOW, NOW)
    with django_capture_on_commit_callbacks() as jobs:
        import_records(path=write(SOLUTION, DEMAND), publish=True, at=LATER)
    assert jobs == []


def test_entries_of_one_file_may_point_to_each_other_in_any_order(cast, write):
    offer = {**SOLUTION, "id": "o-1", "kind": "offer", "linked_solutions": ["s-2", "s-1"]}
    adapted = {**SOLUTION, "id": "s-2", "adapted_from": "s-1"}
    import_records(path=write(offer, adapted, SOLUTION), at=NOW)
    assert Solution.objects.get(source_id="s-2").adapted_from.source_id == "s-1"
    assert sorted(s.source_id for s in Offer.objects.get().linked_solutions.all()) == ["s-1", "s-2"]
    import_records(path=write({**offer, "linked_solutions": []}, {**adapted, "adapted_from": None}), at=LATER)
    assert Solution.objects.get(source_id="s-2").adapted_from is None
    assert not Offer.objects.get().linked_solutions.exists()


def test_a_dry_run_reports_and_writes_nothing(cast, write):
    report = import_records(path=write(SOLUTION, DEMAND), dry_run=True, at=NOW)
    assert (report.created, Entry.objects.count()) == (2, 0)


BAD = [
    ({"goals": [18]}, "goals: “18” is unknown; write the number of a Sustainable Development Goal, 1 to 17."),
    ({"targets": ["2.9"]}, "targets: “2.9” is unknown; write the code of a target such as 2.a."),
    ({"country": "SN"}, "country: “SN” is unknown; write an ISO 3166-1 alpha-3 code such as SEN."),
    ({"language": "xx"}, "language: “xx” is unknown; write a code such as en, fr, es, ar, pt, ru or zh."),
    ({"title": "x" * 201}, "title: the text has 201 characters; shorten it to 200."),
    ({"title": ""}, "title: is empty; this field is needed."),
    ({"body": "x" * 20_001}, "body: the text has 20001 characters; shorten it to 20000."),
    ({"summary": "a\x07b"}, "summary: the control character U+0007 stands at position 2; remove it."),
    ({"end_date": "31/12/2026"}, "end_date: “31/12/2026” is no date; write it as 2026-01-31."),
    (
        {"start_date": "2026-05-01", "end_date": "2026-04-01"},
        "end_date: 2026-04-01 is before the start, 2026-05-01; change one of them.",
    ),
    (
        {"contact_url": "javascript:x"},
        "contact_url: “javascript:x” is no web address; write one that starts with https:// or http://.",
    ),
    ({"colour": "red"}, "colour: is no field of a solution; remove it."),
    ({"kind": "wish"}, "kind: “wish” is no kind; write one of solution, demand, offer."),
    ({"id": None}, "id: is empty; give each record an id of its own."),
    (
        {"organisation": "nobody"},
        "organisation: “nobody” is no organisation here; correct the slug, or give one for the whole file.",
    ),
    ({"adapted_from": "s-9"}, "adapted_from: no solution has the id “s-9”; correct or remove it."),
    ({"goals": "2"}, "goals: “2” is not a list; write [ ] around it."),
]


@pytest.mark.parametrize(("changes", "message"), BAD)
def test_a_bad_record_is_refused_by_line_field_value_and_remedy(cast, write, changes, message):
    error = refused(write(SOLUTION, "", {**SOLUTION, "id": "s-2", **changes}))
    assert [str(problem) for problem in error.problems] == [f"line 3, {message}"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([SOLUTION, SOLUTION], "line 2, id: “s-1” stands in line 1 too; give each record an id of its own."),
        ([SOLUTION, "[1]"], "line 2: “[1]” is not an object; write one { } a line."),
        (
            [SOLUTION, '{"id": '],
            "line 2: not JSON: Expecting value at column 8; write one object a line.",
        ),
        ([SOLUTION, "[" * 100_000], "line 2: this JSON cannot be read; write one object a line."),
        ([SOLUTION, '{"id": ' + "9" * 5000 + "}"], "line 2: this JSON cannot be read; write one object a line."),
        (
            [SOLUTION, "Équipe".encode("latin-1")],
            "line 2: the byte 0xc9 at position 1 is not UTF-8; save the file as UTF-8.",
        ),
        ([SOLUTION, '"' + "x" * 1_000_000], "line 2: the line is longer than 1000000 bytes; write one record a line."),
    ],
)
def test_a_line_that_cannot_be_read_is_refused(cast, write, rows, message):
    assert [str(problem) for problem in refused(write(*rows)).problems] == [message]


def test_all_problems_are_listed_up_to_a_bound_and_counted(cast, write):
    rows = [{**SOLUTION, "id": f"s-{n}", "goals": [99], "country": "XXX"} for n in range(80)]
    error = refused(write(*rows))
    assert (len(error.problems), error.count) == (100, 160)
    assert error.report().endswith("… and 60 more.")
    assert {problem.line for problem in error.problems} == set(range(1, 51))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; there is nothing to import."),
        (b" \n\n", "holds no record; there is nothing to import."),
        ("\ufeffid".encode("utf-16"), "is encoded as UTF-16; save it as UTF-8."),
    ],
)
def test_a_file_without_records_is_refused(cast, write, content, message):
    path = write(content)
    assert str(refused(path)) == f"{path} {message}"


def test_what_is_no_file_is_refused(cast, tmp_path):
    assert str(refused(tmp_path)) == f"{tmp_path} is no file; check the name."


def test_a_file_of_100_megabytes_is_refused_unread(cast, tmp_path, settings):
    path = tmp_path / "large.jsonl"
    with path.open("wb") as file:
        file.truncate(100_000_000)  # a hole: takes no room on the disk
    settings.IMPORT_MAX_BYTES = 50_000_000
    assert str(refused(path)) == (
        f"{path} has 100000000 bytes; at most 50000000 are read. Split the file, or raise IMPORT_MAX_BYTES."
    )


def test_an_organisation_given_stands_in_for_none_and_for_unknown_ones(cast, write):
    nameless = {name: value for name, value in SOLUTION.items() if name != "organisation"}
    rows = [SOLUTION, {**nameless, "id": "s-2"}, {**SOLUTION, "id": "s-3", "organisation": "nobody"}]
    import_records(path=write(*rows), organisation=cast.other, at=NOW)
    owners = list(Entry.objects.order_by("source_id").values_list("organisation", flat=True))
    assert owners == [cast.agency.pk, cast.other.pk, cast.other.pk]
    import_records(path=write({**nameless, "title": "Other"}), organisation=cast.other, at=LATER)
    assert Entry.objects.get(source_id="s-1").organisation == cast.agency


def test_an_entry_keeps_its_kind(cast, write):
    import_records(path=write(SOLUTION), at=NOW)
    with pytest.raises(ImportRefusedError) as error:
        import_records(path=write({**SOLUTION, "kind": "offer"}), at=NOW)
    assert str(error.value.problems[0]) == (
        "line 1, kind: the entry with this id is a solution and stays one; give the record another id."
    )


HEADER = "id,kind,title,summary,language,organisation,goals,needs,urgency,provenance.source,status"


def test_csv_lists_and_numbers_are_read_and_lines_counted_where_records_start(cast, write):
    rows = [
        HEADER,
        'd-1,demand,"A ""wish""","Two\nlines",en,ministry-of-agriculture,2|6,Train|Visit,high,A/75/371,',
        "s-1,solution,Title,Summary,en,cooperation-agency,7,,,,ongoing",
    ]
    import_records(path=write(*rows, name="records.csv"), at=NOW)
    record = record_of(for_records(Entry.objects.filter(source_id="d-1")).get())
    assert (record["title"], record["summary"], record["goals"]) == ('A "wish"', "Two\nlines", [2, 6])
    assert [need["title"] for need in record["needs"]] == ["Train", "Visit"]
    assert (record["urgency"], record["provenance"]) == ("high", {"source": "A/75/371"})


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        (
            [HEADER, 'd-1,demand,a,"b\nc",en,,18,,,,', "d-2,demand,a,b,en,,1,,,,done"],
            [
                "line 2, goals: “18” is unknown; write the number of a Sustainable Development Goal, 1 to 17.",
                "line 4, status: is no field of a demand; remove it.",
            ],
        ),
        ([HEADER, "d-1,demand"], ["line 2: the row has 2 cells, the header 11; check commas and quotation marks."]),
        (["id,kind,name", "d-1,demand,a"], ["line 1, name: is no column of a record; rename or remove it."]),
        (
            ["id,id,title"],
            ["line 1, id: the column is there twice; remove one.", "line 1, kind: the column is missing; add it."],
        ),
        ([HEADER, b"d-1,demand,\xff"], ["line 2: the byte 0xff at position 12 is not UTF-8; save the file as UTF-8."]),
    ],
)
def test_a_bad_csv_file_is_refused_by_line(cast, write, rows, problems):
    error = refused(write(*rows, name="records.csv"), organisation=cast.ministry)
    found = [str(problem) for problem in error.problems]
    assert [line for line in found if "title: is empty" not in line and "language: is empty" not in line] == problems


def test_a_spreadsheet_with_semicolons_is_read(cast, write):
    path = write("id;kind;title;summary;language", "s-1;solution;A;B;en", name="records.csv")
    assert import_records(path=path, organisation=cast.agency, at=NOW).created == 1


def test_the_number_of_queries_for_records_that_are_known_does_not_grow(cast, write, django_assert_num_queries):
    one = write(SOLUTION)
    three = write(*({**SOLUTION, "id": f"s-{n}"} for n in range(3)), name="three.jsonl")
    for path in (one, three):
        import_records(path=path, at=NOW)
        with django_assert_num_queries(34):
            import_records(path=path, at=LATER)


def test_the_command_says_what_it_did_or_what_is_wrong(cast, write, capsys):
    call_command("import_records", write(SOLUTION), "--dry-run")
    call_command("import_records", write(SOLUTION))
    assert capsys.readouterr().out.splitlines() == [
        "would be created 1, would be updated 0, unchanged 0",
        "created 1, updated 0, unchanged 0",
    ]
    path = write({**SOLUTION, "goals": [0]})
    with pytest.raises(CommandError) as error:
        call_command("import_records", path)
    assert str(error.value).splitlines() == [
        f"{path} has 1 problem(s); nothing was written.",
        "line 1, goals: “0” is unknown; write the number of a Sustainable Development Goal, 1 to 17.",
    ]
    with pytest.raises(CommandError, match="there is no organisation with this slug"):
        call_command("import_records", path, "--organisation", "nobody")


def test_blanks_around_the_id_of_a_known_record_are_no_new_record(cast, write):
    import_records(path=write(SOLUTION), at=NOW)
    assert import_records(path=write({**SOLUTION, "id": " s-1 "}), at=LATER).unchanged == 1


@pytest.mark.parametrize("changes", [{"id": "s\ud8001"}, {"title": "a\ud800"}, {"\ud800": "a"}])
def test_half_a_surrogate_pair_is_refused_wherever_it_stands(cast, write, changes):
    line = json.dumps({**SOLUTION, **changes})
    [problem] = refused(write(line)).problems
    at = line.index("\\ud800") + 1
    assert str(problem) == f"line 1: the control character U+D800 stands at position {at}; remove it."
