"""What the catalogue does by the clock: fetch, call, return."""

from celery import shared_task
from django.utils import timezone

from solutions.services import freshness


@shared_task(name="solutions.keep_fresh")  # type: ignore[untyped-decorator]
def keep_fresh(**_ignored: object) -> None:
    freshness.keep_fresh(at=timezone.now())
