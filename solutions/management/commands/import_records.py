"""Import solutions, demands and offers from a file."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.models import Organisation
from solutions.services import FileFormat, ImportRefusedError, import_records
from solutions.services.reading import Row


class Command(BaseCommand):
    """Check a file of records, then write all of it or nothing."""

    help = "Import records (JSON Lines, CSV or XLSX) from a file: all of them, or none and a list of what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=["auto", *FileFormat], default="auto", help="auto: by the file's name")
        parser.add_argument(
            "--organisation", metavar="SLUG", help="stands in where a record names none, or one that is unknown"
        )
        parser.add_argument("--publish", action="store_true", help="publish what is imported")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")

    def handle(self, **options: Any) -> None:
        """Import the file; exit with an error and a line for each problem when it is refused."""
        chosen = options["format"]
        try:
            report = import_records(
                path=options["file"],
                file_format=None if chosen == "auto" else FileFormat(chosen),
                organisation=_organisation(options["organisation"]),
                publish=options["publish"],
                dry_run=options["dry_run"],
                track=_with_a_bar,
                at=timezone.now(),
            )
        except ImportRefusedError as refused:
            raise CommandError(refused.report()) from None
        done = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{done}created {report.created}, {done}updated {report.updated}, unchanged {report.unchanged}"
        )


def _organisation(slug: str | None) -> Organisation | None:
    if slug is None:
        return None
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"--organisation {slug}: there is no organisation with this slug; import it first.")
    return found


def _with_a_bar(rows: Iterable[Row], label: str) -> Iterable[Row]:
    bar: Iterable[Row] = tqdm(rows, desc=label, unit=" records", file=sys.stderr, disable=None)
    return bar
