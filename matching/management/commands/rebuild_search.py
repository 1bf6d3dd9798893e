"""Read the catalogue into the search index."""

from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from matching.services.searching import forget, index_due


class Command(BaseCommand):
    help = "Bring the search index up to date with the catalogue; what is current is left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="read every entry anew")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            forget()
        count = index_due(progress=partial(tqdm, desc="Reading", unit=" entries", disable=None))  # on terminals only
        self.stdout.write(f"{count} entries read into the search index.")
