"""Rank the supplies of a file for each of its demands."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from matching.engine.ranker import Ranker
from matching.engine.types import Config
from matching.management.offline import records_of, shipped_analyser, shipped_geography


class Command(BaseCommand):
    """Write demand id, supply id, rank and score, tab separated; needs no database."""

    help = "Rank the solutions and offers of a JSON Lines file for each of its demands, without a database."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the records, the output and how to rank."""
        parser.add_argument("records", help="entries, one JSON object a line")
        parser.add_argument("--out", required=True, type=Path, help="file for demand id, supply id, rank, score")
        parser.add_argument("--k", type=int, default=100, help="supplies a demand (default: %(default)s)")
        parser.add_argument("--text-only", action="store_true", help="ignore the facets")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rank and write."""
        if options["k"] < 1:
            raise CommandError(f"--k {options['k']}: give at least 1")
        if not options["out"].parent.is_dir():
            raise CommandError(f"--out {options['out']}: there is no such folder")
        records = records_of(options["records"])
        config = Config().text_only() if options["text_only"] else Config()
        today = timezone.localdate()
        ranker = Ranker(config, shipped_geography(today), shipped_analyser())
        ranker.fit(record for record in records if record.kind != "demand")
        demands = [record for record in records if record.kind == "demand"]
        with options["out"].open("w", encoding="utf-8") as out:
            for demand in tqdm(demands, unit="demand", disable=None):
                ranked = ranker.order(demand, options["k"], today=today)
                for rank, (supply, score) in enumerate(ranked, 1):
                    out.write(f"{demand.id}\t{supply}\t{rank}\t{score:.6f}\n")
        self.stdout.write(f"{len(demands)} demands, {len(records) - len(demands)} supplies: {options['out']}")
