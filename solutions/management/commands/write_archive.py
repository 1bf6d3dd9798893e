"""Write the open archive."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from solutions.services.archiving import write_archive


class Command(BaseCommand):
    """Write all that is public as JSON Lines with a manifest, and let it take the place of the last archive."""

    help = "Write the open archive: all that is public as JSON Lines, with a manifest of checksums."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the options."""
        parser.add_argument("--folder", type=Path, help=f"default: {settings.ARCHIVE_DIR}, which the site serves")

    def handle(self, **options: Any) -> None:
        """Write the archive."""
        archive = write_archive(folder=options["folder"], track=_with_a_bar, at=timezone.now())
        for file in archive.files:
            self.stdout.write(f"{file.sha256}  {file.name}  {file.records} records, {file.bytes} bytes")
        self.stdout.write(f"wrote {archive.folder}")


def _with_a_bar(lines: Iterable[str], name: str) -> Iterable[str]:
    bar: Iterable[str] = tqdm(lines, desc=name, unit=" records", file=sys.stderr, disable=None)
    return bar
