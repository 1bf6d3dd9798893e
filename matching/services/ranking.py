"""What is ranked when: one demand, what one supply touches, everything, and the sweep over what is due."""

from __future__ import annotations

from datetime import datetime

from matching import corpus
from matching.corpus import Progress
from matching.engine.types import Profile
from matching.enums import RunScope
from matching.models import Match, RankingRun
from matching.services import runs
from matching.services.reaching import reached, unranked
from matching.services.telling import tell_publishers
from solutions.models import Entry, EntryQuerySet


def rank_demand(*, demand_id: int, at: datetime) -> RankingRun:
    """Bring one demand's matches up to date; a demand that is not live any more keeps none open."""
    return _rank(RunScope.DEMAND, Entry.objects.filter(pk=demand_id), at=at)


def rank_supply(*, supply_id: int, at: datetime) -> RankingRun:
    """Bring the demands up to date that a new, changed or removed supply enters or leaves.

    Where its change makes the rarity of words be counted anew, these are all demands.
    """
    return _rank(RunScope.SUPPLY, Entry.objects.filter(pk=supply_id), at=at)


def rank_everything(*, at: datetime) -> RankingRun:
    """Bring every demand's matches up to date: by all workers, or here and now if there is no broker.

    Raises RunningAlreadyError while another such run is alive.
    """
    run = begin_everything(at=at)
    runs.hand_out(run, at=at)
    run.refresh_from_db()
    return run


def begin_everything(*, at: datetime, progress: Progress | None = None) -> RankingRun:
    """Make a generation of the supplies as they are and cut all demands into chunks, which wait for workers.

    Raises RunningAlreadyError while another such run is alive; one whose workers are lost is closed.
    """
    due = _waiting(Entry.objects.supplies())
    try:
        run = runs.begin(RunScope.EVERYTHING, due=due, at=at)
    except runs.RunningAlreadyError as error:
        if not runs.is_lost(error.run, at=at):
            raise
        runs.fail(error.run, "The worker was lost.", at=at)
        run = runs.begin(RunScope.EVERYTHING, due=due, at=at)
    with runs.recorded(run, lambda: at):
        runs.cut(run, _demand_ids(), corpus.renewed(at=at, progress=progress))
    return run


def rank_entry(*, entry_id: int, at: datetime) -> RankingRun | None:
    """Rank what a changed entry touches; None when an earlier run has taken the change in already."""
    entry = Entry.objects.filter(pk=entry_id, ranking_due_at__isnull=False).only("kind").first()
    if entry is None:
        return None
    if entry.is_demand:
        return rank_demand(demand_id=entry_id, at=at)
    return rank_supply(supply_id=entry_id, at=at)


def rank_due(*, at: datetime) -> RankingRun | None:
    """Rank what waits although its task was lost, and finish what lost workers began; None when nothing waits."""
    runs.resume(at=at)
    tell_publishers(at=at)
    due = Entry.objects.filter(ranking_due_at__lte=at)
    if runs.is_under_way(RunScope.DUE) or not due.exists():
        return None
    return _rank(RunScope.DUE, due, at=at)


def warm_up(*, at: datetime) -> None:
    """Open the index and compile the loops before the first task needs them; what is not built yet is not built now."""
    if not corpus.is_built(at=at):
        return
    current = corpus.fitted(at=at)
    current.ranker.order(Profile(id="", kind="demand", title="water", language="en"), 1, today=current.fingerprint.day)


def _rank(scope: RunScope, changed: EntryQuerySet, *, at: datetime) -> RankingRun:
    """Rank changed demands, and the demands that changed supplies enter or leave."""
    supplies = dict(changed.supplies().values_list("pk", "public_id"))
    entries = sorted(changed.values_list("pk", flat=True))
    entry_id = None if scope is RunScope.DUE else entries[0]
    run = runs.begin(scope, entry_id=entry_id, due=_waiting(changed.supplies()), at=at)
    with runs.recorded(run, lambda: at):
        current = corpus.fitted(at=at)
        demand_ids = set(entries) - supplies.keys() | reached(supplies=supplies.values(), corpus=current)
        if supplies and not runs.is_under_way(RunScope.EVERYTHING):
            demand_ids |= unranked(corpus=current)  # a full run has these in its chunks
        runs.cut(run, sorted(demand_ids), current)
    runs.hand_out(run, at=at)
    run.refresh_from_db()
    return run


def _waiting(entries: EntryQuerySet) -> dict[int, datetime]:
    """Return which entries wait to be ranked, and since when."""
    waiting = entries.filter(ranking_due_at__isnull=False).values_list("pk", "ranking_due_at")
    return {pk: since for pk, since in waiting if since}


def _demand_ids() -> list[int]:
    """List live demands, and those that have open matches although they are not live any more."""
    live = Entry.objects.demands().live()
    left = Entry.objects.demands().filter(pk__in=Match.objects.open().values("demand_id"))
    return list((live | left).order_by("pk").values_list("pk", flat=True))
