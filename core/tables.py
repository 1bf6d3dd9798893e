"""Rows as files: JSON Lines, CSV and XLSX, each written while it is read; a spreadsheet finds no formula in them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

MEDIA_TYPES = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Row = Mapping[str, Any]
Cells = Callable[[Row], Mapping[str, str]]

PIECE = 64 * 1024
CELL_MAX = 32_767
"""The most characters that a cell of a spreadsheet holds; what is longer is cut."""
# Also the full-width forms, which some spreadsheets take for the plain ones.
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
# Source of the parts and their order: ECMA-376, part 1, sections 12 and 18.
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_CONTENT}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
    '<sheets><sheet name="records" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def safe(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Take that apostrophe off again."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def flat(row: Row, prefix: str = "") -> dict[str, str]:
    """Return the cells of any row: parts of objects as "name.part", items of lists between "|"."""
    cells: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            cells |= flat(value, f"{prefix}{name}.")
        elif isinstance(value, bool):
            cells[f"{prefix}{name}"] = "true" if value else "false"
        elif isinstance(value, int | float):
            cells[f"{prefix}{name}"] = str(value)
        elif isinstance(value, list | tuple):
            items = [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in value]
            cells[f"{prefix}{name}"] = safe("|".join(re.sub(r"([|\\])", r"\\\1", item) for item in items))
        else:
            cells[f"{prefix}{name}"] = "" if value is None else safe(str(value))
    return cells


def written(
    file_format: str, rows: Iterable[Row], *, names: Iterable[str], cells: Cells = flat, marked: bool = False
) -> Iterator[str] | Iterator[bytes]:
    """Yield the pieces of a file. `names` are the columns; with `flat` those of the first row take their place.

    `marked` puts before CSV the mark without which a spreadsheet program does not take it for UTF-8.
    """
    if file_format == "jsonl":
        return (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)
    filled = (cells(row) for row in rows)
    first = next(filled, None)
    head = list(names) if first is None or cells is not flat else list(first)
    lines = filled if first is None else chain([first], filled)
    if file_format == "csv":
        return chain(["\ufeff"] if marked else [], csv_lines(head, lines))
    return sheet_pieces(head, lines)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(names: list[str], rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Yield the lines of a CSV file, the names of its columns first."""
    writer = csv.DictWriter(_Echo(), names, lineterminator="\n", extrasaction="ignore")
    yield str(writer.writeheader())  # what _Echo gives back
    for row in rows:
        yield str(writer.writerow(row))


class _Pipe:
    """What a ZipFile writes to when nobody can go back in it: it keeps what has not been taken yet."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is written is there."""

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken

    def __len__(self) -> int:
        return len(self._held)


def sheet_pieces(names: list[str], rows: Iterable[Mapping[str, str]]) -> Iterator[bytes]:
    """Yield the bytes of a spreadsheet (XLSX) of one sheet; every cell is text, so that none is a formula."""
    pipe = _Pipe()
    lines = chain([dict(zip(names, names, strict=True))], rows)
    with ZipFile(pipe, "w", ZIP_DEFLATED) as book:  # type: ignore[call-overload]  # a file that only writes
        for path, content in _PARTS.items():
            book.writestr(path, _XML + content)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for row in lines:
                sheet.write(f"<row>{''.join(_cell(row.get(name, '')) for name in names)}</row>".encode())
                if len(pipe) > PIECE:
                    yield pipe.take()
            sheet.write(b"</sheetData></worksheet>")
    yield pipe.take()


def _cell(text: str) -> str:
    held = escape(_UNWRITABLE.sub("", text)[:CELL_MAX])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{held}</t></is></c>' if held else "<c/>"
