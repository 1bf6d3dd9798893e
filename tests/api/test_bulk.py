"""Files of entries over the API: with the caller's permissions, whole or not at all, reported row by row."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import KeptAnswer
from core.tables import sheet_pieces
from solutions.enums import EntryState, Visibility
from solutions.models import Entry, EntryEvent
from tests.factories import DemandFactory, OfferFactory, SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")
ADDRESS = "/api/v1/imports/"
LINES = "application/x-ndjson"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SOLUTION = {
    "id": "s-1",
    "kind": "solution",
    "title": "Field schools",
    "summary": "Farmers learn along one canal.",
    "language": "en",
    "organisation": "cooperation-agency",
}
DEMAND = {**SOLUTION, "id": "d-1", "kind": "demand", "organisation": "ministry-of-agriculture"}


def lines(*rows):
    return "\n".join(json.dumps(row) for row in rows)


def sheet(row):
    return b"".join(sheet_pieces(list(row), [row]))


def send(client, content, *, query="", kind=LINES, **headers):
    return client.post(f"{ADDRESS}{query}", content, content_type=kind, headers=headers)


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (lines(SOLUTION).encode(), LINES, "a.jsonl"),
        (f"{','.join(SOLUTION)}\n{','.join(SOLUTION.values())}\n".encode(), "text/csv", "a.csv"),
        (sheet(SOLUTION), SHEET, "a.xlsx"),
    ],
    ids=["jsonl", "csv", "xlsx"],
)
def test_a_file_is_taken_as_the_body_or_in_a_form_tried_first_then_written_once(caller, cast, content, kind, name):
    client = caller("publisher", "write")
    tried = send(client, content, query="?dry_run=true", kind=kind)
    assert (tried.status_code, tried.json()["dry_run"], tried.json()["created"]) == (200, True, 1)
    assert not Entry.objects.exists()
    done = send(client, content, kind=kind)
    entry = Entry.objects.get()
    line = tried.json()["rows"][0]["line"]
    assert tried.json()["rows"] == [{"line": line, "id": "s-1", "outcome": "created", "entry": ""}]
    assert (done.status_code, done.json()) == (
        201,
        {
            "dry_run": False, "created": 1, "updated": 0, "unchanged": 0,
            "rows": [{"line": line, "id": "s-1", "outcome": "created", "entry": entry.public_id}],
        },
    )  # fmt: skip
    assert (entry.state, entry.organisation, entry.created_by) == (EntryState.DRAFT, cast.agency, cast.publisher)
    again = client.post(ADDRESS, {"file": SimpleUploadedFile(name, content)}, format="multipart")
    assert (again.status_code, again.json()["unchanged"]) == (201, 1)
    assert Entry.objects.count() == 1


def test_one_wrong_row_keeps_the_whole_file_out_and_is_named_by_line_and_field(caller, cast):
    rows = lines(SOLUTION, {**SOLUTION, "id": "s-2", "goals": [99]}, {**SOLUTION, "id": "s-3", "colour": "red"})
    for query in ("?dry_run=true", ""):
        refused = send(caller("publisher"), rows, query=query, **{"idempotency-key": "bad"})
        assert (refused.status_code, refused.headers["Content-Type"]) == (409, "application/problem+json")
        problem = refused.json()
        assert (problem["code"], problem["problem_count"]) == ("import_refused", 2)
        assert [(p["line"], p["field"]) for p in problem["problems"]] == [(2, "goals"), (3, "colour")]
        assert all(p["message"] for p in problem["problems"])
        assert "/tmp" not in problem["detail"]
        assert [error["pointer"] for error in problem["errors"]] == ["#/file"]
    assert not Entry.objects.exists()
    assert not KeptAnswer.objects.exists()


WHO_MAY = {
    "focal_point": {"demand"},
    "colleague": {"demand"},
    "publisher": set(),
    "outsider": set(),
    "unverified_member": set(),
    "curator": {"demand", "solution"},
}


@pytest.mark.parametrize("person", WHO_MAY)
@pytest.mark.parametrize("kind", ["demand", "solution"])
def test_everyone_imports_own_kinds_into_own_organisations_and_curators_everything(caller, cast, person, kind):
    row = {**DEMAND, "kind": kind}
    done = send(caller(person), lines(row))
    may = kind in WHO_MAY[person]
    assert (done.status_code, Entry.objects.count()) == ((201, 1) if may else (409, 0))
    if not may:
        assert [(p["line"], p["field"]) for p in done.json()["problems"]] == [(1, "organisation")]


@pytest.mark.parametrize("person", ["observer", "visitor"])
def test_who_writes_nothing_imports_nothing(caller, cast, person):
    refused = send(caller(person), lines(SOLUTION))
    assert refused.status_code == (401 if person == "visitor" else 403)
    assert send(caller("publisher", "read"), lines(SOLUTION)).status_code == 403
    assert not Entry.objects.exists()


def test_entries_of_others_are_neither_changed_nor_told_of(caller, cast):
    hidden = DemandFactory(organisation=cast.ministry, visibility=Visibility.PRIVATE, source_id="theirs", title="Mine")
    for row in (
        {**SOLUTION, "id": hidden.public_id},
        {**SOLUTION, "id": "theirs"},
        {**DEMAND, "id": "theirs", "organisation": ""},
    ):
        refused = send(caller("publisher"), lines(row))
        assert [(p["line"], p["field"]) for p in refused.json()["problems"]] == [(1, "id")]
        assert "Mine" not in refused.content.decode()
    hidden.refresh_from_db()
    assert (hidden.title, hidden.version) == ("Mine", 1)
    draft = SolutionFactory(organisation=cast.other, state=EntryState.DRAFT, source_id="draft")
    for one in ("draft", draft.public_id):
        refused = send(caller("publisher"), lines({**SOLUTION, "adapted_from": one}))
        assert refused.json()["problems"][0]["field"] == "adapted_from"
    assert send(caller("curator"), lines({**SOLUTION, "adapted_from": "draft"})).status_code == 201


def test_an_entry_stays_with_its_organisation_unless_one_may_write_there(caller, cast):
    mine = SolutionFactory(organisation=cast.agency, source_id="s-1")
    refused = send(caller("publisher"), lines({**SOLUTION, "organisation": "other-ministry"}))
    assert refused.json()["problems"][0]["field"] == "organisation"
    assert send(caller("curator"), lines({**SOLUTION, "organisation": "other-ministry"})).status_code == 201
    assert Entry.objects.get(pk=mine.pk).organisation == cast.other


def test_only_curators_publish_by_file(caller, cast):
    refused = send(caller("publisher"), lines(SOLUTION), query="?publish=true")
    assert (refused.status_code, Entry.objects.count()) == (403, 0)
    assert send(caller("curator"), lines(SOLUTION), query="?publish=true").status_code == 201
    assert Entry.objects.get().state == EntryState.PUBLISHED
    assert set(EntryEvent.objects.values_list("by", flat=True)) == {cast.curator.pk}


def test_the_organisation_may_be_named_once_for_all_rows(caller, cast):
    row = {name: value for name, value in SOLUTION.items() if name != "organisation"}
    assert send(caller("publisher"), lines(row)).json()["problems"][0]["field"] == "organisation"
    done = send(caller("publisher"), lines(row), query="?organisation=cooperation-agency")
    assert done.status_code == 201
    assert Entry.objects.get().organisation == cast.agency


def test_the_same_file_under_one_key_is_imported_once(caller, cast):
    client, key = caller("publisher"), {"idempotency-key": "import-1"}
    first, second = (send(client, lines(SOLUTION), **key) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    for content, query in ((lines({**SOLUTION, "title": "x"}), ""), (lines(SOLUTION), "?dry_run=true")):
        reused = send(client, content, query=query, **key)
        assert (reused.status_code, reused.json()["code"]) == (409, "idempotency_key_reused")
    assert Entry.objects.get().version == 1


@pytest.mark.parametrize(
    ("content", "kind", "query", "status"),
    [
        (b"", LINES, "", 409),
        (b"{", LINES, "", 409),
        (b"\xff\xfe{", LINES, "", 409),
        (b"no sheet", SHEET, "", 409),
        (b"a,b\n1,2\n", "text/csv", "", 409),
        (b"x" * 6_000_000, LINES, "", 413),
        (b"{}", "application/json", "", 415),
        (b"{}", LINES, "?dry_run=perhaps", 400),
        (b"{}", LINES, "?organisation=nobody", 409),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", "", 400),
    ],
)
def test_what_cannot_be_read_is_refused(caller, cast, content, kind, query, status):
    refused = send(caller("publisher"), content, kind=kind, query=query)
    assert (refused.status_code, refused.headers["Content-Type"]) == (status, "application/problem+json")
    assert not Entry.objects.exists()


def test_a_file_of_another_name_is_refused(caller, cast):
    sent = {"file": SimpleUploadedFile("a.exe", b"{}")}
    refused = caller("publisher").post(ADDRESS, sent, format="multipart")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "#/file")


def test_what_was_exported_changes_nothing_when_it_comes_back(caller, cast):
    linked = SolutionFactory(organisation=cast.agency, source_id="theirs-1")
    adapted = SolutionFactory(organisation=cast.agency)
    adapted.details.adapted_from = linked.details
    adapted.details.save()
    offer = OfferFactory(organisation=cast.agency)
    offer.details.linked_solutions.set([linked.details])
    client = caller("publisher")
    for path in ("offers", "solutions"):
        content = b"".join(client.get(f"/api/v1/{path}/export/").streaming_content)
        assert {row["outcome"] for row in send(client, content).json()["rows"]} == {"unchanged"}
    address = f"/api/v1/offers/{offer.public_id}/"
    again = {"linked_solutions": client.get(address).json()["linked_solutions"]}
    same = client.patch(address, again, format="json", headers={"if-match": "*"})
    assert (same.json()["linked_solutions"], same.headers["ETag"][:3]) == ([linked.public_id], '"1-')
