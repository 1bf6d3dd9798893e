"""Exporting records, in the form that the import reads."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, TextIO

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from core.tables import csv_lines
from solutions.enums import Kind
from solutions.models import Entry
from solutions.queries import for_records, with_everything
from solutions.rules import FIELDS, SUMMARY_FIELDS
from solutions.services.cells import columns, plain, to_cells
from solutions.services.reading import FileFormat
from solutions.services.records import id_of, public_id_of, record_of
from solutions.services.sheets import write_sheet

CHUNK = 200


def export_records(
    *, out: TextIO, file_format: FileFormat, kind: Kind | None = None, reader: User | AnonymousUser | None = None
) -> int:
    """Write the entries that a reader may know of, a record a line; return how many.

    Demands that the reader sees in summary only are written in summary only. Without a reader, for the operator's own
    copy, everything is written. A text file for CSV is opened with newline="".
    """
    write = _csv(out, kind) if file_format is FileFormat.CSV else _json_lines(out)
    count = 0
    for record in _records(kind, reader):
        write(record)
        count += 1
    return count


def export_sheet(*, out: BinaryIO, kind: Kind | None = None, reader: User | AnonymousUser | None = None) -> int:
    """Write the same records as a spreadsheet (XLSX), a record a row; return how many."""
    names = columns([kind] if kind else Kind)
    rows = [to_cells(record) for record in _records(kind, reader)]
    write_sheet(out, [names, *([cells.get(name, "") for name in names] for cells in rows)])
    return len(rows)


def _records(kind: Kind | None, reader: User | AnonymousUser | None) -> Iterator[dict[str, Any]]:
    entries = Entry.objects.order_by("pk") if kind is None else Entry.objects.filter(kind=kind).order_by("pk")
    chosen = for_records(entries) if reader is None else with_everything(entries.visible_to(reader), user=reader)
    for entry in chosen.iterator(chunk_size=CHUNK):
        yield _record(entry, whole=reader is None or entry.whole)  # type: ignore[attr-defined]  # of with_everything


def _record(entry: Entry, *, whole: bool) -> dict[str, Any]:
    fields = record_of(entry)
    if not whole:
        fields = {name: fields[name] for name in SUMMARY_FIELDS}
    return {"id": id_of(entry), "kind": entry.kind, "organisation": entry.organisation.slug, **fields}


def _json_lines(out: TextIO) -> Callable[[dict[str, Any]], object]:
    return lambda record: out.write(json.dumps(record, ensure_ascii=False, default=plain) + "\n")


def _csv(out: TextIO, kind: Kind | None) -> Callable[[dict[str, Any]], object]:
    writer = csv.DictWriter(out, columns([kind] if kind else Kind), lineterminator="\n")
    writer.writeheader()
    return lambda record: writer.writerow(to_cells(record))


def exported(*, entries: Iterable[Entry], kind: Kind) -> Iterator[dict[str, Any]]:
    """Yield the records of entries of one kind, each under its public id, without holding them all.

    `entries` is of `queries.with_everything`: those that the reader sees in summary only are given in summary only.
    """
    for entry in entries:
        names = FIELDS[kind] if entry.whole else SUMMARY_FIELDS  # type: ignore[attr-defined]  # of with_everything
        fields = record_of(entry, names, refer_by=public_id_of)
        yield {"id": entry.public_id, "kind": entry.kind, "organisation": entry.organisation.slug, **fields}


def export_lines(*, entries: Iterable[Entry], kind: Kind, file_format: FileFormat) -> Iterator[str]:
    """Yield the lines of a text file of `exported`."""
    records = exported(entries=entries, kind=kind)
    if file_format is FileFormat.CSV:
        return csv_lines(columns([kind]), map(to_cells, records))
    return (json.dumps(record, ensure_ascii=False, default=plain) + "\n" for record in records)
