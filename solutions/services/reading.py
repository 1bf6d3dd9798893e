"""Reading a file of records, JSON Lines, CSV or XLSX, one row at a time."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core.errors import DomainError
from solutions.enums import Kind
from solutions.rules import Problem, shown
from solutions.services.cells import HEAD, columns, from_cells
from solutions.services.sheets import UnreadableSheetError, read_sheet

LINE_MAX = 1_000_000
"""How many bytes a line holds at most: no line may take the memory that the whole file may not."""
SEVERAL = 100
"""How many problems are listed; those beyond are counted."""


class FileFormat(StrEnum):
    """How a file of records is written."""

    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class LineProblem:
    """A problem with the line of the file where its record starts."""

    line: int
    problem: Problem

    def __str__(self) -> str:
        place = _("line %(line)d") % {"line": self.line}
        return f"{place}, {self.problem}" if self.problem.field else f"{place}: {self.problem.message}"


class ImportRefusedError(DomainError):
    """A file that cannot be imported; nothing was written. `problems` lists the first ones, `count` counts them all."""

    code = "import_refused"

    def __init__(self, message: str, problems: Sequence[LineProblem] = (), count: int = 0) -> None:
        super().__init__(message, field="file")
        self.problems = list(problems)
        self.count = count

    def members(self) -> dict[str, Any]:
        """Return the problems listed, each with its line, field (empty for the whole line) and message."""
        listed = [{"line": p.line, "field": p.problem.field, "message": p.problem.message} for p in self.problems]
        return {"problems": listed, "problem_count": self.count}

    def report(self) -> str:
        """Return the message and a line for each problem listed."""
        lines = [self.message, *map(str, self.problems)]
        if self.count > len(self.problems):
            lines.append(_("… and %(count)d more.") % {"count": self.count - len(self.problems)})
        return "\n".join(lines)


@dataclass(frozen=True)
class Row:
    """What one line holds: a record, or what keeps it from being read."""

    line: int
    data: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


def check_file(path: Path, *, most: int, called: str) -> None:
    """Refuse what is no file, is empty, is larger than `most` bytes or is not UTF-8 by its first bytes, unread.

    `called` is how messages name the file.
    """
    if not path.is_file():
        raise ImportRefusedError(_("%(path)s is no file; check the name.") % {"path": called})
    size = path.stat().st_size
    if size == 0:
        raise ImportRefusedError(_("%(path)s is empty; there is nothing to import.") % {"path": called})
    if size > most:
        text = _("%(path)s has %(size)d bytes; at most %(most)d are read. Split the file, or raise IMPORT_MAX_BYTES.")
        raise ImportRefusedError(text % {"path": called, "size": size, "most": most})
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ImportRefusedError(_("%(path)s is encoded as UTF-16; save it as UTF-8.") % {"path": called})


def format_of(path: Path) -> FileFormat:
    """Tell the format by the file's name, or else by its first character."""
    by_name = {
        ".csv": FileFormat.CSV,
        ".xlsx": FileFormat.XLSX,
        ".jsonl": FileFormat.JSONL,
        ".ndjson": FileFormat.JSONL,
        ".json": FileFormat.JSONL,
    }
    if path.suffix.lower() in by_name:
        return by_name[path.suffix.lower()]
    with path.open("rb") as file:
        start = file.read(1000).removeprefix(codecs.BOM_UTF8).lstrip()
    return FileFormat.JSONL if start[:1] in (b"{", b"[") else FileFormat.CSV


def read_rows(path: Path, file_format: FileFormat) -> Iterator[Row]:
    """Yield the rows of a file in constant memory; what is wrong with a row is part of it."""
    readers = {FileFormat.CSV: _read_csv, FileFormat.XLSX: _read_xlsx, FileFormat.JSONL: read_json_lines}
    return readers[file_format](path)


def _numbered_lines(path: Path) -> Iterator[tuple[int, str | Problem]]:
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LINE_MAX + 1):
            number += 1
            if len(raw) > LINE_MAX:
                text = _("the line is longer than %(most)d bytes; write one record a line.") % {"most": LINE_MAX}
                yield number, Problem("", None, text)
                return
            try:
                yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                text = _("the byte 0x%(byte)02x at position %(at)d is not UTF-8; save the file as UTF-8.")
                yield number, Problem("", None, text % {"byte": raw[error.start], "at": error.start + 1})


def read_json_lines(path: Path) -> Iterator[Row]:
    """Yield the objects of a JSON Lines file; blank lines are passed over."""
    for number, line in _numbered_lines(path):
        if isinstance(line, Problem):
            yield Row(number, {}, [line])
        elif line.strip():
            yield _json_row(number, line)


def _json_row(number: int, line: str) -> Row:
    try:
        data = json.loads(line)
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair, written as \\ud800: no database can carry it
        code = ord(error.object[error.start])
        text = _("the control character U+%(code)04X stands at position %(at)d; remove it.")
        at = line.lower().find(f"\\u{code:04x}") + 1
        return Row(number, {}, [Problem("", line, text % {"code": code, "at": at})])
    except json.JSONDecodeError as error:
        text = _("not JSON: %(error)s at column %(column)d; write one object a line.")
        return Row(number, {}, [Problem("", line, text % {"error": error.msg, "column": error.colno})])
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets nested by the thousand
        return Row(number, {}, [Problem("", line, _("this JSON cannot be read; write one object a line."))])
    if not isinstance(data, dict):
        text = _("%(value)s is not an object; write one { } a line.") % {"value": shown(data)}
        return Row(number, {}, [Problem("", data, text)])
    return Row(number, data)


def _read_csv(path: Path) -> Iterator[Row]:
    stopped: list[LineProblem] = []

    def lines() -> Iterator[str]:
        for number, line in _numbered_lines(path):
            if isinstance(line, Problem):
                stopped.append(LineProblem(number, line))
                return
            yield line

    start = next(lines(), "")
    delimiter = ";" if ";" in start and "," not in start else ","
    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
        if problems := _header_problems(header):
            yield Row(1, {}, problems)
            return
        line = reader.line_num + 1
        for cells in reader:
            if any(cells):
                yield _csv_row(line, header, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        text = _("not CSV: %(error)s; check the quotation marks.") % {"error": error}
        yield Row(reader.line_num, {}, [Problem("", None, text)])
    for problem in stopped[-1:]:
        yield Row(problem.line, {}, [problem.problem])


def _read_xlsx(path: Path) -> Iterator[Row]:
    rows = read_sheet(path)
    try:
        line, header = next(rows, (1, []))
        header = header[: max((place for place, cell in enumerate(header, 1) if cell), default=0)]
        if problems := _header_problems(header):
            yield Row(line, {}, problems)
            return
        for line, cells in rows:
            surplus = any(cells[len(header) :])
            yield _csv_row(line, header, cells if surplus else [*cells, *[""] * len(header)][: len(header)])
    except UnreadableSheetError:
        text = _("not a spreadsheet (XLSX) that can be read; save it anew, or as CSV.")
        yield Row(1, {}, [Problem("", None, text)])


def _header_problems(header: list[str]) -> list[Problem]:
    known = set(columns(Kind))
    problems = [
        Problem(name, name, _("is no column of a record; rename or remove it."))
        for name in dict.fromkeys(header)
        if name not in known
    ]
    problems += [
        Problem(name, name, _("the column is there twice; remove one."))
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    ]
    problems += [Problem(name, None, _("the column is missing; add it.")) for name in HEAD[:2] if name not in header]
    return problems


def _csv_row(line: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) != len(header):
        text = _("the row has %(count)d cells, the header %(wanted)d; check commas and quotation marks.")
        return Row(line, {}, [Problem("", None, text % {"count": len(cells), "wanted": len(header)})])
    named = dict(zip(header, cells, strict=True))
    kind = named.get("kind", "")
    data = from_cells(named, Kind(kind)) if kind in Kind.values else {name: named.get(name, "") for name in HEAD}
    return Row(line, data)
