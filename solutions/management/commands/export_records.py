"""Export solutions, demands and offers to a file."""

import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.management.base import BaseCommand

from solutions.enums import Kind
from solutions.services import FileFormat, export_records


class Command(BaseCommand):
    """Write records in the form that import_records reads."""

    help = "Export records as JSON Lines or CSV, in the form that import_records reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the options."""
        parser.add_argument("--kind", choices=Kind.values, help="default: all three")
        parser.add_argument("--format", choices=[FileFormat.JSONL, FileFormat.CSV], default=FileFormat.JSONL)
        parser.add_argument("--out", type=Path, help="default: standard output")
        parser.add_argument("--public", action="store_true", help="only what everyone may read, drafts left out")

    def handle(self, **options: Any) -> None:
        """Write the file."""
        out, kind = options["out"], options["kind"]
        with out.open("w", encoding="utf-8", newline="") if out else nullcontext(sys.stdout) as file:
            count = export_records(
                out=file,
                file_format=FileFormat(options["format"]),
                kind=Kind(kind) if kind else None,
                reader=AnonymousUser() if options["public"] else None,
            )
        self.stderr.write(f"exported {count}")
