"""Exporting records, in the form that the import reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from core.tables import written
from solutions.enums import Kind
from solutions.models import Entry
from solutions.queries import for_records, with_everything
from solutions.rules import FIELDS, SUMMARY_FIELDS
from solutions.services.cells import columns, to_cells
from solutions.services.reading import FileFormat
from solutions.services.records import id_of, public_id_of, record_of

CHUNK = 200


def export_records(
    *, out: IO[Any], file_format: FileFormat, kind: Kind | None = None, reader: User | AnonymousUser | None = None
) -> int:
    """Write the records of `records_for`; return how many.

    `out` takes text (a file for CSV is opened with newline=""), for XLSX bytes.
    """
    count = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal count
        for record in records_for(kind=kind, reader=reader):
            count += 1
            yield record

    for piece in written(file_format, counted(), names=columns([kind] if kind else Kind), cells=to_cells):
        out.write(piece)
    return count


def records_for(*, kind: Kind | None = None, reader: User | AnonymousUser | None = None) -> Iterator[dict[str, Any]]:
    """Yield the entries that a reader may know of as records, each under the id that the import knows it by.

    Demands that the reader sees in summary only are given in summary only. Without a reader, for the operator's own
    copy, everything is given.
    """
    entries = Entry.objects.order_by("pk") if kind is None else Entry.objects.filter(kind=kind).order_by("pk")
    chosen = for_records(entries) if reader is None else with_everything(entries.visible_to(reader), user=reader)
    for entry in chosen.iterator(chunk_size=CHUNK):
        whole = reader is None or entry.whole  # type: ignore[attr-defined]  # of with_everything
        fields = record_of(entry, None if whole else SUMMARY_FIELDS)
        yield {"id": id_of(entry), "kind": entry.kind, "organisation": entry.organisation.slug, **fields}


def exported(*, entries: Iterable[Entry], kind: Kind) -> Iterator[dict[str, Any]]:
    """Yield the records of entries of one kind, each under its public id, without holding them all.

    `entries` is of `queries.with_everything`: those that the reader sees in summary only are given in summary only.
    """
    for entry in entries:
        names = FIELDS[kind] if entry.whole else SUMMARY_FIELDS  # type: ignore[attr-defined]  # of with_everything
        fields = record_of(entry, names, refer_by=public_id_of)
        yield {"id": entry.public_id, "kind": entry.kind, "organisation": entry.organisation.slug, **fields}
