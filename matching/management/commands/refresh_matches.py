"""Rank every demand, or one, now."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Sum
from django.utils import timezone
from tqdm import tqdm

from matching.enums import RunState
from matching.models import RankingRun, RunChunk
from matching.queries import entry_called
from matching.services import runs
from matching.services.ranking import begin_everything, rank_demand

PAUSE = 0.5
"""Seconds between two looks at what other workers have done."""


class Command(BaseCommand):
    help = (
        "Bring the matches of every demand, or of one, up to date, and tell the people concerned. Workers take their "
        "share; a run over everything that is under way is joined."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demand", metavar="ID", help="public id, or id at the source, of one demand")
        parser.add_argument("--cancel", action="store_true", help="stop the run over everything that is under way")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        if options["cancel"]:
            return self._cancel()
        if options["demand"]:
            demand = entry_called(options["demand"])
            if demand is None or not demand.is_demand:
                raise CommandError(f"No demand is called {options['demand']!r}: give its public id.")
            run = rank_demand(demand_id=demand.pk, at=at)
        else:
            run = self._everything()
        seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0.0
        self.stdout.write(
            f"{run.demand_count} demands against {run.supply_count} supplies in {seconds:.1f} s: "
            f"{run.new_count} new, {run.moved_count} moved, {run.gone_count} gone."
        )
        return None

    def _cancel(self) -> None:
        run = RankingRun.objects.filter(state=RunState.RUNNING, scope="everything").first()
        if run is None or not runs.cancel(run, at=timezone.now()):
            raise CommandError("No run over everything is under way.")
        self.stdout.write(f"Cancelled: {run}.")

    def _everything(self) -> RankingRun:
        """Begin a run, or join the one under way, and work along until it is over."""
        try:
            with tqdm(desc="Reading", unit=" supplies", disable=None) as read:  # shown on terminals only
                run = begin_everything(at=timezone.now(), progress=lambda done, of: _show(read, done, of))
        except runs.RunningAlreadyError as error:
            run = error.run
        runs.invite(run, at=timezone.now())
        with tqdm(desc="Ranking", unit=" demands", total=run.demand_count, disable=None) as bar:
            while run.state == RunState.RUNNING:
                runs.work(run, at=timezone.now(), shown=lambda _count: _show(bar, _ranked(run), run.demand_count))
                if run.state == RunState.RUNNING:
                    time.sleep(PAUSE)
                    run.refresh_from_db()
                _show(bar, _ranked(run), run.demand_count)
        if run.state != RunState.FINISHED:
            raise CommandError(f"The run has {run.get_state_display().lower()}. {run.error}".strip())
        return run


def _ranked(run: RankingRun) -> int:
    """Return how many demands are ranked, by whomever."""
    return RunChunk.objects.filter(run=run).aggregate(ranked=Sum("ranked_count"))["ranked"] or 0


def _show(bar: "tqdm[Any]", done: int, of: int) -> None:
    bar.total = of
    bar.update(done - bar.n)
