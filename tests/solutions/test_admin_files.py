"""Whole files at the desk: checked without writing, written once confirmed, read back as they were given out."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from solutions.models import Entry, Solution
from solutions.services import FileFormat
from tests.factories import SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")

IMPORT = "/admin/solutions/solution/import/"
EXPORT = "/admin/solutions/solution/export/"
HEAD = ["id", "kind", "organisation", "title", "summary", "language", "goals"]
GOOD = ["s-1", "solution", "cooperation-agency", "Pumps", "Pumps in gardens", "en", "2"]
BAD = ["s-2", "solution", "nobody", "", "Pumps", "en", "99"]


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.curator)
    return client


def csv(*rows):
    text = "\n".join(",".join(cells) for cells in (HEAD, *rows))
    return SimpleUploadedFile("records.csv", text.encode())


def xlsx(*rows):
    book, out = Workbook(), BytesIO()
    for cells in (HEAD, *rows):
        book.active.append([int(cell) if cell.isdigit() else cell for cell in cells])
    book.save(out)
    return SimpleUploadedFile("records.xlsx", out.getvalue())


def kept():
    folder = settings.MEDIA_ROOT / "imports"
    return list(folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize("file", [csv, xlsx])
def test_a_file_is_written_only_once_it_was_seen_and_confirmed(desk, file):
    seen = desk.post(IMPORT, {"file": file(GOOD)})
    assert [(r.line, r.data["title"], r.problems) for r in seen.context["trial"].rows] == [(2, "Pumps", ())]
    assert seen.context["trial"].report.created == 1
    assert not Entry.objects.exists()
    answer = desk.post(IMPORT, {"confirm": seen.context["sealed"]}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["Imported: 1 new, 0 changed, 0 as they were."]
    entry = Solution.objects.get()
    assert (entry.title, entry.state, [goal.pk for goal in entry.goals.all()]) == ("Pumps", "draft", [2])
    assert kept() == []


def test_what_is_to_be_published_is(desk):
    seen = desk.post(IMPORT, {"file": csv(GOOD), "publish": "on"})
    desk.post(IMPORT, {"confirm": seen.context["sealed"]})
    assert Solution.objects.get().state == "published"


@pytest.mark.parametrize("file", [csv, xlsx])
def test_what_is_wrong_is_said_by_line_and_cannot_be_confirmed(desk, file):
    seen = desk.post(IMPORT, {"file": file(GOOD, BAD)})
    wrong = {row.line: len(row.problems) for row in seen.context["trial"].rows}
    assert wrong == {2: 0, 3: 3}
    assert "sealed" not in seen.context
    assert "/imports/" not in seen.content.decode()
    assert kept() == []
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"%PDF"), ("a.xlsx", b"PK no sheet"), ("a.xlsx", b""), ("a.csv", b"\xff\xfe"), ("a", b"x")],
)
def test_what_is_no_file_of_records_is_refused(desk, name, content):
    answer = desk.post(IMPORT, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    assert "sealed" not in answer.context
    assert not Entry.objects.exists()
    assert kept() == []


def test_a_confirmation_is_for_whoever_saw_the_report_and_for_an_hour(desk, cast, client):
    seen = desk.post(IMPORT, {"file": csv(GOOD)}).context["sealed"]
    assert desk.post(IMPORT, {"confirm": seen + "x"}).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert desk.post(IMPORT, {"confirm": seen}).status_code == 302
    assert not Entry.objects.exists()
    client.force_login(cast.publisher)
    assert client.post(IMPORT, {"confirm": seen}).status_code == 302
    assert not Entry.objects.exists()


def test_a_confirmation_twice_says_that_the_file_is_gone(desk):
    seen = desk.post(IMPORT, {"file": csv(GOOD)}).context["sealed"]
    desk.post(IMPORT, {"confirm": seen})
    answer = desk.post(IMPORT, {"confirm": seen}, follow=True)
    assert "no longer kept" in str(list(answer.context["messages"])[-1])
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("file_format", FileFormat)
def test_what_is_given_out_is_read_back_unchanged(desk, cast, file_format):
    SolutionFactory.create_batch(2, organisation=cast.agency, language_id="en")
    given = desk.get(EXPORT, {"format": file_format})
    content = b"".join(given.streaming_content)
    assert f'filename="solutions.{file_format}"' in given["Content-Disposition"]
    # A spreadsheet program takes CSV for UTF-8 by this mark only.
    assert content.startswith(b"\xef\xbb\xbf") is (file_format is FileFormat.CSV)
    seen = desk.post(IMPORT, {"file": SimpleUploadedFile(f"a.{file_format}", content)})
    assert (seen.context["trial"].report.created, seen.context["trial"].report.unchanged) == (0, 2)


def test_a_cell_that_a_spreadsheet_would_run_is_text(desk, cast):
    SolutionFactory(organisation=cast.agency, title="=1+1")
    content = b"".join(desk.get(EXPORT, {"format": "xlsx"}).streaming_content)
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    title = sheet.cell(2, [cell.value for cell in sheet[1]].index("title") + 1)
    assert (title.data_type, title.value) == ("s", "'=1+1")


@pytest.mark.parametrize("person", ["focal_point", "publisher", "outsider", "observer"])
def test_only_curators_read_and_give_out_files(client, cast, person):
    client.force_login(getattr(cast, person))
    assert [client.get(address).status_code for address in (IMPORT, f"{EXPORT}?format=csv")] == [302, 302]


def test_an_unknown_format_is_not_found(desk):
    assert desk.get(EXPORT, {"format": "exe"}).status_code == 404
