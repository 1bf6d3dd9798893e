"""Rank every demand, or one, now."""

from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from matching.queries import entry_called
from matching.services.ranking import rank_demand, rank_everything


class Command(BaseCommand):
    help = "Bring the matches of every demand, or of one, up to date, and tell the people concerned."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demand", metavar="ID", help="public id, or id at the source, of one demand")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        if options["demand"]:
            demand = entry_called(options["demand"])
            if demand is None or not demand.is_demand:
                raise CommandError(f"No demand is called {options['demand']!r}: give its public id.")
            run = rank_demand(demand_id=demand.pk, at=at)
        else:
            bar = partial(tqdm, desc="Ranking", unit=" demands", disable=None)  # shown on terminals only
            run = rank_everything(at=at, progress=bar)
        seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0.0
        self.stdout.write(
            f"{run.demand_count} demands against {run.supply_count} supplies in {seconds:.1f} s: "
            f"{run.new_count} new, {run.moved_count} moved, {run.gone_count} gone."
        )
