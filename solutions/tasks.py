"""What the catalogue does by the clock: fetch, call, return."""

from celery import shared_task
from django.utils import timezone

from solutions.services import archiving, freshness


@shared_task(name="solutions.keep_fresh")  # type: ignore[untyped-decorator]  # celery has no types
def keep_fresh(**_ignored: object) -> None:
    freshness.keep_fresh(at=timezone.now())


@shared_task(name="solutions.write_archive")  # type: ignore[untyped-decorator]  # celery has no types
def write_archive(**_ignored: object) -> None:
    archiving.write_archive(at=timezone.now())
