"""The nightly tidying of accounts: fetch, call, return."""

from celery import shared_task
from django.utils import timezone

from accounts import services


@shared_task(name="accounts.delete_due")  # type: ignore[untyped-decorator]  # celery has no types
def delete_due(**_ignored: object) -> None:
    services.delete_due(at=timezone.now())
