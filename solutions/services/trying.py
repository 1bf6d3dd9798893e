"""Files that were sent in to be imported: kept for an hour, tried without writing, and forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from core.errors import DomainError
from solutions.models import Entry
from solutions.services.importing import BATCH, ImportReport, import_records
from solutions.services.moderation import submit_entry
from solutions.services.reading import ImportRefusedError, Row

FOLDER: Final = "imports"
KEPT: Final = timedelta(hours=1)
"""How long a file waits to be confirmed."""
SHOWN: Final = 200
"""Rows that a report shows one by one."""


@dataclass(frozen=True, slots=True)
class TriedRow:
    """A row of a file: what it holds, what importing it would do, and what is wrong with it."""

    line: int
    data: dict[str, Any] = field(default_factory=dict)
    outcome: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What importing a file would do: a report, or else why it is refused."""

    report: ImportReport | None
    refusal: str
    rows: list[TriedRow]


def keep(file: UploadedFile[Any], *, at: datetime) -> str:
    """Keep an upload until it is confirmed, under a name that nobody can guess; forget those that nobody confirmed."""
    folder = Path(default_storage.path(FOLDER))
    limit = (at - KEPT).timestamp()
    for old in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # another upload was first
            if old.stat().st_mtime < limit:
                old.unlink()
    suffix = Path(file.name or "").suffix.lower()
    return default_storage.save(f"{FOLDER}/{get_random_string(32)}{suffix}", file)


def forget(name: str) -> None:
    """Remove a file that is not to be imported, or was."""
    default_storage.delete(name)


def path_of(name: str) -> Path:
    """Return where a kept file is. Raises DomainError when it is kept no more."""
    path = Path(default_storage.path(name))
    if not path.is_file():
        raise DomainError(_("This file is no longer kept: it was imported already, or waited too long."))
    return path


@transaction.atomic
def import_kept(
    *,
    name: str,
    organisation: Organisation | None = None,
    publish: bool = False,
    submit: bool = False,
    by: User,
    at: datetime,
) -> ImportReport:
    """Import a kept file, and hand its new entries to the curators if that is wanted.

    Raises what `import_records` and `submit_entry` raise; then nothing was written.
    """
    report = import_records(
        path=path_of(name), called=_("The file"), organisation=organisation, publish=publish, by=by, at=at
    )
    new = [row.entry for row in report.rows if row.outcome == "created"] if submit else []
    for start in range(0, len(new), BATCH):
        some = Entry.objects.filter(public_id__in=new[start : start + BATCH]).select_related("organisation")
        for entry in some.order_by("pk"):
            submit_entry(entry=entry, by=by, at=at)
    return report


def try_file(*, name: str, organisation: Organisation | None = None, by: User, at: datetime) -> Trial:
    """Say what importing a kept file would do; nothing is written, and a file that is refused is forgotten."""
    rows: list[Row] = []

    def noted(found: Iterable[Row], _label: str) -> Iterator[Row]:
        for row in found:
            if len(rows) < SHOWN:
                rows.append(row)
            yield row

    report, refusal = None, ""
    problems: dict[int, list[str]] = {}
    path, called = path_of(name), _("The file")
    try:
        report = import_records(
            path=path, called=called, organisation=organisation, dry_run=True, track=noted, by=by, at=at
        )
    except ImportRefusedError as error:
        refusal = str(error)
        for found in error.problems:
            problems.setdefault(found.line, []).append(str(found.problem))
        forget(name)
    outcomes = {row.line: row.outcome for row in report.rows} if report else {}
    tried = [
        TriedRow(row.line, row.data, outcomes.get(row.line, ""), tuple(problems.pop(row.line, ()))) for row in rows
    ]
    return Trial(report, refusal, tried + [TriedRow(line, problems=tuple(found)) for line, found in problems.items()])
