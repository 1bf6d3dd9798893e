"""Delivery by the worker: fetch, call, return."""

from celery import shared_task
from django.utils import timezone

from notifications import services
from notifications.enums import Frequency
from notifications.services import webhooks


@shared_task(name="notifications.deliver")  # type: ignore[untyped-decorator]  # celery has no types
def deliver(*, email_id: int, **_ignored: object) -> None:
    services.deliver(email_id=email_id, at=timezone.now())


@shared_task(name="notifications.deliver_due")  # type: ignore[untyped-decorator]  # celery has no types
def deliver_due(**_ignored: object) -> None:
    services.deliver_due(at=timezone.now())


@shared_task(name="notifications.write_letter")  # type: ignore[untyped-decorator]  # celery has no types
def write_letter(
    *, address: str, recipient_id: int | None, subject: str, text: str, language: str, **_ignored: object
) -> None:
    services.write_letter(
        address=address, recipient_id=recipient_id, subject=subject, text=text, language=language, at=timezone.now()
    )


@shared_task(name="notifications.send_digests")  # type: ignore[untyped-decorator]  # celery has no types
def send_digests(*, frequency: str, **_ignored: object) -> None:
    services.send_digests(frequency=Frequency(frequency), at=timezone.now())


@shared_task(name="notifications.deliver_webhook")  # type: ignore[untyped-decorator]  # celery has no types
def deliver_webhook(*, delivery_id: int, **_ignored: object) -> None:
    webhooks.deliver_webhook(delivery_id=delivery_id, at=timezone.now())


@shared_task(name="notifications.deliver_webhooks_due")  # type: ignore[untyped-decorator]  # celery has no types
def deliver_webhooks_due(**_ignored: object) -> None:
    webhooks.deliver_webhooks_due(at=timezone.now())
