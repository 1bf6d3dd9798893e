"""Ranking and the search index by the worker: fetch, call, return."""

import gc

from celery import shared_task
from celery.signals import worker_init, worker_process_init
from celery.utils.log import get_task_logger
from django.utils import timezone

from matching.corpus import analyser
from matching.services import clocks, ranking, runs, searching, watching

logger = get_task_logger(__name__)


@worker_init.connect  # type: ignore[untyped-decorator]  # celery has no types
def load_glossary(**_ignored: object) -> None:
    analyser()
    gc.freeze()  # what is loaded before the processes of a worker are forked stays common to them


@worker_process_init.connect  # type: ignore[untyped-decorator]  # celery has no types
def warm_up(**_ignored: object) -> None:
    ranking.warm_up(at=timezone.now())


@shared_task(name="matching.rank_entry")  # type: ignore[untyped-decorator]  # celery has no types
def rank_entry(*, entry_id: int, **_ignored: object) -> None:
    searching.index_entries(ids=[entry_id])
    ranking.rank_entry(entry_id=entry_id, at=timezone.now())


@shared_task(name="matching.rank_everything")  # type: ignore[untyped-decorator]  # celery has no types
def rank_everything(**_ignored: object) -> None:
    searching.index_due()
    try:
        ranking.rank_everything(at=timezone.now())
    except runs.RunningAlreadyError as error:
        logger.info("Not begun: %s is under way.", error.run)


@shared_task(name="matching.rank_chunk")  # type: ignore[untyped-decorator]  # celery has no types
def rank_chunk(*, run_id: int, number: int, **_ignored: object) -> None:
    runs.rank_chunk(run_id=run_id, number=number, at=timezone.now())


@shared_task(name="matching.rank_due")  # type: ignore[untyped-decorator]  # celery has no types
def rank_due(**_ignored: object) -> None:
    searching.index_due()
    ranking.rank_due(at=timezone.now())


@shared_task(name="matching.tell_of_saved_searches")  # type: ignore[untyped-decorator]  # celery has no types
def tell_of_saved_searches(**_ignored: object) -> None:
    watching.tell_of_new(at=timezone.now())


@shared_task(name="matching.tick")  # type: ignore[untyped-decorator]  # celery has no types
def tick(**_ignored: object) -> None:
    clocks.tick(at=timezone.now())
