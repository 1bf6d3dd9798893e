"""The command that loads the reference data."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from taxonomy.services import Counts, ReferenceDataError, default_folder, load_taxonomy


class Command(BaseCommand):
    help = (
        "Load the reference data: goals, targets, regions, countries and their groups, sectors, modalities, "
        "languages. May be run again at any time: only what differs is written, and nothing that other records "
        "point to is removed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=default_folder(), help="folder with the JSON files (default: %(default)s)"
        )

    def handle(self, *args: Any, folder: Path, verbosity: int, **options: Any) -> None:
        try:
            load_taxonomy(folder=folder, at=timezone.now(), progress=self.report if verbosity else None)
        except ReferenceDataError as error:
            raise CommandError(f"{error}. Nothing was loaded.") from error

    def report(self, file: str, counts: Counts) -> None:
        self.stdout.write(
            f"{file}: {counts.created} created, {counts.updated} updated, "
            f"{counts.unchanged} unchanged, {counts.removed} removed"
        )
