"""Runs in chunks: begun, taken by any number of workers, finished once; lost chunks are found and done again."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, QuerySet

from core.jobs import enqueue
from matching import corpus
from matching.corpus import Corpus
from matching.enums import Change, ChunkState, RunScope, RunState
from matching.models import RankingRun, RunChunk
from matching.services.proposing import propose
from matching.services.reaching import reached
from matching.services.telling import tell_publishers
from solutions.models import Entry

CHUNK: Final = 250  # demands that a worker takes at a time
BATCH: Final = 20  # demands that are written in one transaction
PASSES: Final = 3  # how often a chunk looks whether supplies changed meanwhile; after that the sweep takes over
LEASE: Final = timedelta(minutes=5)  # after the last sign of life a chunk may be taken by another worker
TAKES: Final = 5  # how often a chunk may be lost before the run fails

Shown = Callable[[int], None]
"""Is told how many more demands are ranked."""


class RankingFailedError(Exception):
    """Some demands could not be ranked; the others were."""

    def __init__(self, failed: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"demand {pk}: {error}" for pk, error in failed.items()))


class RunningAlreadyError(Exception):
    """A run over everything is under way: `run`."""

    def __init__(self, run: RankingRun) -> None:
        super().__init__(str(run))
        self.run = run


class ChunkLostError(Exception):
    """The chunk is another worker's now, or its run was cancelled: what was ranked last is not written."""


def begin(scope: RunScope, *, entry_id: int | None = None, due: Mapping[int, datetime], at: datetime) -> RankingRun:
    """Put a run on record, with the supplies whose changes it takes in. Raises RunningAlreadyError for a second one."""
    config = corpus.config_in_force()
    try:
        with transaction.atomic():
            return RankingRun.objects.create(
                scope=scope,
                entry_id=entry_id,
                engine_version=corpus.engine_version(config, corpus.terms_in_force()),
                weights=dict(config.weights),
                due={str(pk): since.isoformat() for pk, since in due.items()},
                started_at=at,
            )
    except IntegrityError:
        raise RunningAlreadyError(RankingRun.objects.filter(scope=scope, state=RunState.RUNNING).latest("pk")) from None


@transaction.atomic
def cut(run: RankingRun, demand_ids: Sequence[int], current: Corpus) -> None:
    """Divide the demands of a run into chunks."""
    run.demand_count, run.supply_count = len(demand_ids), current.fingerprint.count
    run.generation, run.engine_version = current.name, current.fingerprint.engine
    run.save(update_fields=["demand_count", "supply_count", "generation", "engine_version"])
    RunChunk.objects.bulk_create(
        RunChunk(run=run, number=number, demand_ids=list(demand_ids[start : start + CHUNK]))
        for number, start in enumerate(range(0, len(demand_ids), CHUNK))
    )


def hand_out(run: RankingRun, *, at: datetime) -> None:
    """Give the chunks that wait to the workers; without a broker, or for one chunk only, rank them here and now.

    Raises RankingFailedError.
    """
    if settings.CELERY_TASK_ALWAYS_EAGER or waiting(run.pk, at=at).count() <= 1:
        work(run, at=at)
    else:
        invite(run, at=at)


def invite(run: RankingRun, *, at: datetime) -> None:
    """Ask the workers to take the chunks that wait; without a broker there are none to ask."""
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        for number in waiting(run.pk, at=at).values_list("number", flat=True):
            enqueue("matching.rank_chunk", run_id=run.pk, number=number)


def work(run: RankingRun, *, at: datetime, shown: Shown | None = None) -> None:
    """Rank all chunks of a run that can be had, and finish it if they were the last. Raises RankingFailedError.

    Whatever stops this caller fails the run, unless other workers go on with it.
    """
    clock = _clock(at)
    shared = run.scope == RunScope.EVERYTHING and not settings.CELERY_TASK_ALWAYS_EAGER
    with nullcontext() if shared else recorded(run, clock):
        while (chunk := waiting(run.pk, at=clock()).first()) is not None:
            _rank_chunk(chunk, clock, shown)
        finish(run, at=clock())
    run.refresh_from_db()
    if failed := failures(run):
        raise RankingFailedError(failed)


def rank_chunk(*, run_id: int, number: int, at: datetime) -> None:
    """Rank one chunk if it still waits, and finish the run if it was the last. Doing it twice changes nothing."""
    clock = _clock(at)
    chunk = waiting(run_id, at=at).filter(number=number).first()
    if chunk is not None and _rank_chunk(chunk, clock, None):
        finish(chunk.run, at=clock())


def waiting(run_id: int, *, at: datetime) -> QuerySet[RunChunk]:
    """Return the chunks of a run under way that nobody holds, or whose holder gives no sign of life."""
    free = Q(state=ChunkState.WAITING) | Q(state=ChunkState.TAKEN, leased_until__lt=at)
    return RunChunk.objects.filter(free, run_id=run_id, run__state=RunState.RUNNING).order_by("number")


def _rank_chunk(chunk: RunChunk, clock: Callable[[], datetime], shown: Shown | None) -> bool:
    """Take a chunk and rank its demands, again where supplies changed meanwhile; False when somebody else has it."""
    if chunk.takes >= TAKES:
        fail(chunk.run, f"Chunk {chunk.number} was lost {TAKES} times.", at=clock())
        return False
    if not _take(chunk, at=clock()):
        return False
    run = RankingRun.objects.get(pk=chunk.run_id)
    demand_ids: Sequence[int] = chunk.demand_ids
    try:
        for _again in range(PASSES):
            current = corpus.fitted(at=run.started_at)
            for start in range(0, len(demand_ids), BATCH):
                _rank_batch(chunk, run, demand_ids[start : start + BATCH], current, clock())
                if shown and not _again:
                    shown(len(demand_ids[start : start + BATCH]))
            demand_ids = _overtaken(chunk.demand_ids, current, corpus.fitted(at=run.started_at))
            if not demand_ids:
                break
        _hold(chunk, at=clock(), state=ChunkState.DONE, ranked_count=len(chunk.demand_ids))
    except ChunkLostError:
        return False
    except BaseException:  # a worker told to stop gives its chunk back
        RunChunk.objects.filter(pk=chunk.pk, takes=chunk.takes).update(state=ChunkState.WAITING)
        raise
    return True


@transaction.atomic
def _rank_batch(chunk: RunChunk, run: RankingRun, demand_ids: Sequence[int], current: Corpus, at: datetime) -> None:
    """Write some demands' matches together with the sign of life: what a worker does after its lease is undone."""
    found = propose(demand_ids=demand_ids, corpus=current, run=run, at=run.started_at)
    chunk.changes += found.changes
    chunk.failed |= {str(pk): error for pk, error in found.failed.items()}
    chunk.ranked_count = min(chunk.ranked_count + len(demand_ids), len(chunk.demand_ids))
    _hold(chunk, at=at, changes=chunk.changes, failed=chunk.failed, ranked_count=chunk.ranked_count)


def _take(chunk: RunChunk, *, at: datetime) -> bool:
    """Take a chunk as it was read; exactly one worker gets True."""
    free = waiting(chunk.run_id, at=at).filter(pk=chunk.pk, takes=chunk.takes).order_by()
    if not free.update(state=ChunkState.TAKEN, takes=F("takes") + 1, leased_until=at + LEASE, ranked_count=0):
        return False
    chunk.takes, chunk.ranked_count = chunk.takes + 1, 0
    return True


def _hold(chunk: RunChunk, *, at: datetime, **columns: object) -> None:
    """Renew the lease and say how far it is. Raises ChunkLostError."""
    mine = RunChunk.objects.filter(pk=chunk.pk, takes=chunk.takes, run__state=RunState.RUNNING)
    if not mine.update(leased_until=at + LEASE, **columns):
        raise ChunkLostError


def _overtaken(demand_ids: Sequence[int], before: Corpus, after: Corpus) -> list[int]:
    """Return the demands of a chunk that changes of supplies since its beginning reach."""
    if before is after:
        return []
    if (before.name, before.fingerprint.engine) != (after.name, after.fingerprint.engine):
        return list(demand_ids)
    return sorted(reached(supplies=after.changed_since(before), corpus=after, among=demand_ids))


def finish(run: RankingRun, *, at: datetime) -> bool:
    """Close a run whose chunks are all done, and tell publishers what is new; False when it is not to be closed."""
    chunks = RunChunk.objects.filter(run=run)
    if chunks.exclude(state=ChunkState.DONE).exists():
        return False
    tell_publishers(at=run.started_at)
    failed = failures(run)
    state = RunState.FAILED if failed else RunState.FINISHED
    if not _close(run, state, error=str(RankingFailedError(failed)) if failed else "", at=at):
        return False
    waited: dict[str, list[int]] = defaultdict(list)
    for pk, since in run.due.items():
        waited[since].append(int(pk))
    for since, keys in waited.items():
        still = Entry.objects.supplies().filter(pk__in=keys, ranking_due_at=datetime.fromisoformat(since))
        still.update(ranking_due_at=None)
    now = corpus.engine_version(corpus.config_in_force(), corpus.terms_in_force())
    if run.scope == RunScope.EVERYTHING and now != run.engine_version:
        enqueue("matching.rank_everything")  # weights or terms changed after its first chunks
    return True


def cancel(run: RankingRun, *, at: datetime) -> bool:
    """Stop a run; what it has written stays, what was due stays due. False when it is over."""
    return _close(run, RunState.CANCELLED, error="", at=at)


def fail(run: RankingRun, error: BaseException | str, *, at: datetime) -> bool:
    """Record that a run came to nothing."""
    said = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return _close(run, RunState.FAILED, error=said, at=at)


@contextmanager
def recorded(run: RankingRun, clock: Callable[[], datetime]) -> Iterator[None]:
    """Put on record whatever stops a run, a worker told to stop as well."""
    try:
        yield
    except BaseException as error:
        fail(run, error, at=clock())
        raise


def _close(run: RankingRun, state: RunState, *, error: str, at: datetime) -> bool:
    """End a run that is under way, with what its chunks have done so far; exactly one caller gets True."""
    reasons: dict[str, Counter[str]] = {change: Counter() for change in Change}
    for changes in RunChunk.objects.filter(run=run).values_list("changes", flat=True):
        for change in changes:
            reasons[change["kind"]][change["why"]] += 1
    under_way = RankingRun.objects.filter(pk=run.pk, state=RunState.RUNNING)
    return bool(
        under_way.update(
            state=state,
            error=error,
            finished_at=at,
            reasons={change: dict(found) for change, found in reasons.items()},
            **{f"{change}_count": found.total() for change, found in reasons.items()},
        )
    )


def failures(run: RankingRun) -> dict[str, str]:
    """Return the demands of a run that could not be ranked, and the error of each."""
    found = RunChunk.objects.filter(run=run).order_by("number").values_list("failed", flat=True)
    return {pk: error for failed in found for pk, error in failed.items()}


def resume(*, at: datetime) -> None:
    """Hand out again what lost workers held, finish what only was not finished, and close what cannot be alive."""
    limit = at - timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    for run in RankingRun.objects.filter(state=RunState.RUNNING).order_by("pk"):
        if not run.generation:
            if run.started_at < limit:
                fail(run, "The worker was lost.", at=at)
        elif is_lost(run, at=at) or waiting(run.pk, at=at).filter(state=ChunkState.TAKEN).exists():
            hand_out(run, at=at)


def is_under_way(scope: RunScope) -> bool:
    """Tell whether a run of this kind is in the hands of workers."""
    return RankingRun.objects.filter(scope=scope, state=RunState.RUNNING).exclude(generation="").exists()


def is_lost(run: RankingRun, *, at: datetime) -> bool:
    """Tell whether no worker gives a sign of life for a run under way."""
    if not run.generation:
        return run.started_at < at - timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    last = RunChunk.objects.filter(run=run).aggregate(last=Max("leased_until"))["last"]
    return (last or run.started_at + LEASE) < at


def _clock(at: datetime) -> Callable[[], datetime]:
    """Return the time of a caller who began at a moment."""
    begun = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - begun)
