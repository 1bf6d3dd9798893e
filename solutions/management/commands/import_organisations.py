"""Import organisations from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from solutions.services import ImportRefusedError, import_organisations


class Command(BaseCommand):
    """Add or change the organisations of a file, all of them or none."""

    help = "Import organisations from JSON Lines: slug, name, type, country, website."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--verified", action="store_true", help="confirm those that are new")

    def handle(self, **options: Any) -> None:
        """Import the file; exit with an error and a line for each problem when it is refused."""
        try:
            report = import_organisations(path=options["file"], verified=options["verified"], at=timezone.now())
        except ImportRefusedError as refused:
            raise CommandError(refused.report()) from None
        self.stdout.write(f"created {report.created}, updated {report.updated}, unchanged {report.unchanged}")
