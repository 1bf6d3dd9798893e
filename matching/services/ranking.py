"""Ranking runs: one demand, what one supply touches, everything, and the sweep over what is due."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q

from matching import corpus
from matching.enums import RunScope, RunState
from matching.models import Match, RankingRun
from matching.services.proposing import propose
from matching.services.telling import tell_publishers
from solutions.models import Entry, EntryQuerySet

Progress = Callable[[Sequence[int]], Iterable[int]]
"""Hands demand ids through while it shows how far the run has come; tqdm is one."""

logger = logging.getLogger(__name__)

PASSES = 3
"""How often a run starts again because a supply changed meanwhile; after that the sweep takes over."""


class RankingFailedError(Exception):
    """Some demands could not be ranked; the others were."""

    def __init__(self, failed: Mapping[int, Exception]) -> None:
        named = "; ".join(f"demand {pk}: {type(error).__name__}: {error}" for pk, error in failed.items())
        super().__init__(named)


def rank_demand(*, demand_id: int, at: datetime) -> RankingRun:
    """Bring one demand's matches up to date; a demand that is not live any more keeps none open."""
    due = _due(Q(pk=demand_id))
    return _run(RunScope.DEMAND, entry_id=demand_id, demand_ids=[demand_id], due=due, at=at)


def rank_supply(*, supply_id: int, at: datetime) -> RankingRun:
    """Bring every demand up to date that a new, changed or removed supply enters or leaves.

    A supply changes how much every word counts, so that the right answer is that of a full run.
    """
    return _run(RunScope.SUPPLY, entry_id=supply_id, demand_ids=_demand_ids(), due=_due(Q()), at=at)


def rank_everything(*, at: datetime, progress: Progress = iter) -> RankingRun:
    """Bring every demand's matches up to date."""
    demand_ids = _demand_ids()
    return _run(RunScope.EVERYTHING, entry_id=None, demand_ids=demand_ids, due=_due(Q()), at=at, progress=progress)


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
    _close_lost_runs(at=at)
    due = _due(Q(ranking_due_at__lte=at))
    tell_publishers(at=at)
    if not due:
        return None
    waiting = Entry.objects.filter(pk__in=due)
    demand_ids = _demand_ids() if waiting.supplies().exists() else _ids(waiting)
    return _run(RunScope.DUE, entry_id=None, demand_ids=demand_ids, due=due, at=at)


def _run(
    scope: RunScope,
    *,
    entry_id: int | None,
    demand_ids: Sequence[int],
    due: dict[int, datetime],
    at: datetime,
    progress: Progress = iter,
) -> RankingRun:
    """Propose for each demand, again if a supply changed meanwhile; keep a record of it, also of a failure.

    Each demand is a transaction of its own: a run that is lost half-way has done its half, and the next one finds
    nothing to do there. What was due stays due until the end. A demand that cannot be ranked stays due and does not
    keep the others from being ranked; the run raises RankingFailedError after them.
    """
    begun = time.monotonic()
    engine = corpus.engine_version(corpus.config_in_force(), corpus.terms_in_force())
    run = RankingRun.objects.create(scope=scope, entry_id=entry_id, engine_version=engine, started_at=at)
    try:
        counts = _passes(run, demand_ids=demand_ids, due=due, at=at, progress=progress)
        tell_publishers(at=at)
    except BaseException as error:  # a worker told to stop is recorded as well
        run.state, run.error = RunState.FAILED, f"{type(error).__name__}: {error}"
        raise
    else:
        run.state, run.demand_count = RunState.FINISHED, len(demand_ids)
        run.new_count, run.moved_count, run.gone_count = counts["new"], counts["moved"], counts["gone"]
    finally:
        run.finished_at = at + timedelta(seconds=time.monotonic() - begun)
        run.save()
    return run


def _passes(
    run: RankingRun, *, demand_ids: Sequence[int], due: dict[int, datetime], at: datetime, progress: Progress
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for _again in range(PASSES):
        current = corpus.fitted(at=at)
        run.supply_count = current.fingerprint.count
        failed: dict[int, Exception] = {}
        for demand_id in progress(demand_ids):
            try:
                counts.update(propose(demand_id=demand_id, corpus=current, run=run, at=at))
            except DatabaseError:
                raise
            except Exception as error:  # whatever one demand trips over, the others are ranked
                logger.exception("Demand %s cannot be ranked.", demand_id)
                failed[demand_id] = error
        if corpus.fingerprint(at=at) == current.fingerprint:
            _clear({pk: since for pk, since in due.items() if pk not in failed})
            break
    if failed:
        raise RankingFailedError(failed)
    return counts


def _demand_ids() -> list[int]:
    """List live demands, and those that have open matches although they are not live any more."""
    live = Entry.objects.demands().live()
    left = Entry.objects.demands().filter(pk__in=Match.objects.open().values("demand_id"))
    return _ids(live | left)


def _ids(entries: EntryQuerySet) -> list[int]:
    return list(entries.demands().order_by("pk").values_list("pk", flat=True))


def _due(which: Q) -> dict[int, datetime]:
    """Return what waits and since when, by entry id."""
    waiting = Entry.objects.filter(which, ranking_due_at__isnull=False)
    return {pk: since for pk, since in waiting.values_list("pk", "ranking_due_at") if since}


def _clear(due: dict[int, datetime]) -> None:
    """Take entries off the waiting list, save those that changed once more since the list was read."""
    for since in set(due.values()):
        ids = [pk for pk, waiting_since in due.items() if waiting_since == since]
        Entry.objects.filter(pk__in=ids, ranking_due_at=since).update(ranking_due_at=None)


def _close_lost_runs(*, at: datetime) -> None:
    """Mark runs failed whose worker cannot be alive any more."""
    limit = at - timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    lost = RankingRun.objects.filter(state=RunState.RUNNING, started_at__lt=limit)
    lost.update(state=RunState.FAILED, finished_at=at, error="The worker was lost.")
