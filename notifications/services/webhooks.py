"""Machine notice to organisations: signed messages after Standard Webhooks 1.0, retried by their own rows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.rules import may
from core.errors import DomainError
from core.jobs import enqueue
from notifications.enums import EmailState
from notifications.models import WebhookDelivery, WebhookEndpoint, new_secret
from notifications.rules import KINDS, kind_called
from notifications.services.posting import AddressRefusedError, post, resolved

BACKOFF = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 5 * 60, 10 * 60, 14 * 60, 20 * 60, 24 * 60)
)
"""How long to wait after each failed attempt; about three days in all."""
SWEEP = 100
"""How many messages one sweep sends at most."""
ENDPOINTS_MAX = 10
"""How many webhooks an organisation may have."""
TEST_KIND = "webhook.test"
GONE = 410


class WebhookRefusedError(DomainError):
    """The webhook cannot be kept as it is asked for."""

    code = "webhook_refused"


class WebhookChangedError(DomainError):
    """Someone changed the webhook, or switched it off, since it was read."""

    code = "webhook_changed"
    status = 412


def add_webhook(
    *, organisation: Organisation, url: str, kinds: Iterable[str], by: User, at: datetime
) -> WebhookEndpoint:
    """Send an organisation's notices of these kinds (of all, if none is named) to an address from now on.

    Raises WebhookRefusedError, AddressRefusedError.
    """
    _check_may(by, organisation)
    chosen = _known_kinds(kinds)
    resolved(url)
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # counted by one at a time
        if organisation.webhooks.filter(off_at__isnull=True).count() >= ENDPOINTS_MAX:
            raise WebhookRefusedError(_("Your organisation has enough webhooks: switch one off first."))
        return WebhookEndpoint.objects.create(
            organisation=organisation, url=url, kinds=chosen, created_by=by, created_at=at, changed_at=at
        )


def change_webhook(
    *, endpoint: WebhookEndpoint, url: str, kinds: Iterable[str], version: int, by: User, at: datetime
) -> None:
    """Send to this address, and these kinds, from now on; what waits to be sent goes there too.

    Raises WebhookRefusedError, AddressRefusedError, and WebhookChangedError when it is not at the version read.
    """
    _check_may(by, endpoint.organisation)
    chosen = _known_kinds(kinds)
    if url != endpoint.url:
        resolved(url)
    standing = WebhookEndpoint.objects.filter(pk=endpoint.pk, version=version, off_at__isnull=True)
    if not standing.update(url=url, kinds=chosen, version=version + 1, changed_at=at):
        raise WebhookChangedError(_("This was changed since you read it. Read it again, then make your change."))
    endpoint.refresh_from_db()


def _known_kinds(kinds: Iterable[str]) -> list[str]:
    chosen = sorted(set(kinds))
    if not all(kind in KINDS and KINDS[kind].for_machines for kind in chosen):
        raise WebhookRefusedError(_("Choose kinds from the list."), field="kinds")
    return chosen


def switch_webhook_off(*, endpoint: WebhookEndpoint, by: User, at: datetime) -> None:
    """Send nothing more to an address; its log stays. Raises WebhookRefusedError."""
    _check_may(by, endpoint.organisation)
    _switch_off(endpoint.pk, at=at)


def _switch_off(endpoint_id: int, *, at: datetime) -> None:
    WebhookEndpoint.objects.filter(pk=endpoint_id, off_at__isnull=True).update(off_at=at, changed_at=at)


def renew_secret(*, endpoint: WebhookEndpoint, by: User) -> str:
    """Sign with a new secret from now on, and return it. Raises WebhookRefusedError."""
    _check_may(by, endpoint.organisation)
    endpoint.secret = new_secret()
    endpoint.save(update_fields=["secret"])
    return endpoint.secret


@transaction.atomic
def send_test(*, endpoint: WebhookEndpoint, by: User, at: datetime) -> None:
    """Send a message that says no more than that it arrives. Raises WebhookRefusedError."""
    _check_may(by, endpoint.organisation)
    if endpoint.off_at:
        raise WebhookRefusedError(_("This webhook is switched off."))
    _queue([endpoint], kind=TEST_KIND, event_key=f"{TEST_KIND}:{at.isoformat()}", data={}, at=at)


@transaction.atomic
def retry_webhook(*, delivery: WebhookDelivery, by: User, at: datetime) -> None:
    """Send a message again at once that was given up or put off. Raises WebhookRefusedError."""
    _check_may(by, delivery.endpoint.organisation)
    if delivery.endpoint.off_at:
        raise WebhookRefusedError(_("This webhook is switched off."))
    stopped = WebhookDelivery.objects.filter(
        Q(state=EmailState.FAILED) | Q(state=EmailState.QUEUED, next_attempt_at__gt=at), pk=delivery.pk
    )
    if not stopped.update(state=EmailState.QUEUED, attempts=0, next_attempt_at=at):
        raise WebhookRefusedError(_("This message was not given up: it was sent or is on its way."))
    enqueue("notifications.deliver_webhook", delivery_id=delivery.pk)


def _check_may(by: User, organisation: Organisation) -> None:
    if not may(by, "webhook.manage", organisation):
        raise WebhookRefusedError(_("You do not manage the webhooks of this organisation."))


@transaction.atomic
def announce(
    *, organisation_id: int, kind: str, event_key: str, context: dict[str, Any], path: str, at: datetime
) -> int:
    """Tell an organisation's webhooks of an event, in the caller's transaction; return how many.

    The counterpart of `notify` for machines, with the same arguments: only what every member of the organisation may
    know belongs here, and no sealed link. The same event key is never told twice to one webhook. Raises LookupError
    for a kind that no app declares.
    """
    if not kind_called(kind).for_machines:
        return 0
    standing = WebhookEndpoint.objects.filter(organisation_id=organisation_id, off_at__isnull=True).order_by("pk")
    endpoints = [endpoint for endpoint in standing if not endpoint.kinds or kind in endpoint.kinds]
    data = {**context, "url": f"{settings.SITE_URL}{path}"}
    return _queue(endpoints, kind=kind, event_key=event_key, data=data, at=at)


def _queue(
    endpoints: Iterable[WebhookEndpoint], *, kind: str, event_key: str, data: dict[str, Any], at: datetime
) -> int:
    body = json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}, ensure_ascii=False)
    rows = [
        WebhookDelivery(endpoint=endpoint, dedup_key=event_key, kind=kind, body=body, next_attempt_at=at, created_at=at)
        for endpoint in endpoints
    ]
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    new = WebhookDelivery.objects.filter(message_id__in=[row.message_id for row in rows])
    ids = list(new.order_by("pk").values_list("pk", flat=True)) if rows else []
    for delivery_id in ids:
        enqueue("notifications.deliver_webhook", delivery_id=delivery_id)
    return len(ids)


def deliver_webhook(*, delivery_id: int, at: datetime) -> bool:
    """Send one message if it is due and nobody else is at it; tell whether the receiver took it.

    Call it outside any transaction. A worker lost after the receiver's answer sends the message again with the same
    webhook-id, by which receivers know repetitions.
    """
    if not WebhookDelivery.objects.claim(pk=delivery_id, at=at):
        return False
    delivery = WebhookDelivery.objects.select_related("endpoint").get(pk=delivery_id)
    if delivery.endpoint.off_at:
        return _failed(delivery, error="The webhook is switched off.", final=True, at=at)
    if delivery.attempts > len(BACKOFF) + 1:
        return _failed(delivery, error="The worker was lost while sending.", final=True, at=at)
    body = delivery.body.encode()
    try:
        status = post(delivery.endpoint.url, body=body, headers=_headers(delivery, body, at=at))
    except (AddressRefusedError, OSError, HTTPException) as error:
        return _failed(delivery, error=f"{type(error).__name__}: {error}", at=at)
    if status == GONE:  # the receiver wants no more of them (Standard Webhooks, "Status codes")
        _switch_off(delivery.endpoint_id, at=at)
        return _failed(delivery, error="The receiver has gone (410).", status=status, final=True, at=at)
    if not 200 <= status < 300:
        return _failed(delivery, error=f"The receiver answered {status}.", status=status, at=at)
    WebhookDelivery.objects.held(pk=delivery.pk, at=at).update(
        state=EmailState.SENT, sent_at=at, status_code=status, last_error=""
    )
    return True


def deliver_webhooks_due(*, at: datetime) -> int:
    """Send what is due, the longest waiting first, at most SWEEP of them; return how many were taken."""
    due = WebhookDelivery.objects.due(at=at).order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:SWEEP]
    started = time.monotonic()
    # A slow receiver makes the sweep long: each lease starts when its own message is taken.
    return sum(
        deliver_webhook(delivery_id=pk, at=at + timedelta(seconds=time.monotonic() - started)) for pk in list(due)
    )


def _failed(
    delivery: WebhookDelivery, *, error: str, status: int | None = None, final: bool = False, at: datetime
) -> bool:
    held = WebhookDelivery.objects.held(pk=delivery.pk, at=at)
    if final or delivery.attempts > len(BACKOFF):
        held.update(state=EmailState.FAILED, status_code=status, last_error=error)
    else:
        wait = BACKOFF[delivery.attempts - 1]
        held.update(state=EmailState.QUEUED, next_attempt_at=at + wait, status_code=status, last_error=error)
    return False


def _headers(delivery: WebhookDelivery, body: bytes, *, at: datetime) -> dict[str, str]:
    timestamp = int(at.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "ssc-platform-webhooks/1",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(
            secret=delivery.endpoint.secret, message_id=delivery.message_id, timestamp=timestamp, body=body
        ),
    }


def signature(*, secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign a message with HMAC-SHA256 over "id.timestamp.body" (Standard Webhooks 1.0, symmetric scheme v1)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(mac.digest()).decode()}"
