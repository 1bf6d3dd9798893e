"""Spreadsheets that are damaged, or claim to be huge: refused or read, never a fault and never without end."""

import time
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from solutions.services import ImportRefusedError, import_records
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("taxonomy")

SOLUTION = {
    "id": "s-1",
    "kind": "solution",
    "title": "Field schools for irrigation",
    "summary": "Farmers learn from each other along one canal.",
    "language": "en",
    "organisation": "cooperation-agency",
}
SHEET = "xl/worksheets/sheet1.xml"


def sheet():
    book, out = Workbook(), BytesIO()
    for cells in (list(SOLUTION), list(SOLUTION.values())):
        book.active.append(cells)
    book.save(out)
    return out.getvalue()


def rewritten(part, *changes):
    """Return a spreadsheet in one part of which something stands in place of something else, in turn."""
    out = BytesIO()
    with ZipFile(BytesIO(sheet())) as before, ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            for old, new in zip(changes[::2], changes[1::2], strict=True) if name == part else ():
                assert old in content
                content = content.replace(old, new)
            after.writestr(name, content)
    return out.getvalue()


def tried(content, folder):
    path = folder / "records.xlsx"
    path.write_bytes(content)
    return import_records(path=path, dry_run=True, at=NOW)


DAMAGED = {
    "no archive": b"PK no spreadsheet",
    "cut off": sheet()[:-500],
    "broken markup": rewritten(SHEET, b"</row>", b"</"),
    "a row that is no number": rewritten(SHEET, b'<row r="1"', b'<row r="one"'),
    "a row beyond all rows": rewritten(SHEET, b"</sheetData>", b'<row r="999999999"/></sheetData>'),
    "no list of sheets": rewritten("xl/workbook.xml", b"<sheets>", b"<sheet>"),
    "packed by a method that nobody knows": sheet().replace(b"\x00\x00\x08\x00", b"\x00\x00\x63\x00"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_spreadsheet_is_refused(cast, tmp_path, damage):
    with pytest.raises(ImportRefusedError) as error:
        tried(DAMAGED[damage], tmp_path)
    assert [str(problem) for problem in error.value.problems] == [
        "line 1: not a spreadsheet (XLSX) that can be read; save it anew, or as CSV."
    ]


def test_a_small_spreadsheet_that_says_it_is_as_large_as_can_be_is_read_at_once(cast, tmp_path):
    # What it holds is two rows, and one of nothing far below.
    content = rewritten(SHEET, b"</sheetData>", b'<row r="20000"/></sheetData>', b'ref="A1:F2"', b'ref="A1:XFD1048576"')
    start = time.process_time()
    assert tried(content, tmp_path).created == 1
    assert time.process_time() - start < 5  # seconds; filling the rows up took a minute
