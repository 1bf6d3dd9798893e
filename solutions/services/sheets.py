"""Spreadsheets (XLSX) as rows of text cells, read in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

UNPACKED_MAX = 300_000_000
"""How many bytes a sheet unpacks to at most: a small file may hold a large one."""

ROWS_MAX = 1_048_576
"""How many rows a sheet has at most, by its format; a row may claim any number."""


class UnreadableSheetError(ValueError):
    """The file is no spreadsheet, or unpacks to more than anybody meant."""


def read_sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet that hold anything, each with its number. Raises UnreadableSheetError."""
    try:
        with ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED_MAX:
                raise UnreadableSheetError
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its size: rows would be filled up to it with empty cells
            for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
                if number > ROWS_MAX:
                    raise UnreadableSheetError
                cells = [_text(value) for value in values]
                if any(cells):
                    yield number, cells
        finally:
            book.close()
    except Exception as error:  # a damaged file fails in zipfile, zlib, the XML parser or openpyxl, each in its ways
        raise UnreadableSheetError from error


def _text(value: Any) -> str:
    """Write a cell as CSV would have it: dates in ISO form, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n")
