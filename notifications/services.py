"""Tell people what happened, and see that the e-mails about it go out: once each."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from core.jobs import enqueue
from notifications.enums import EmailState
from notifications.models import Email, Notice

BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""How long to wait after each failed attempt; when the list is used up the e-mail is given up."""

SUBJECT_MAX = Email._meta.get_field("subject").max_length

SWEEP = 100
"""How many e-mails one sweep sends at most; the next sweep takes the rest."""


class RetryRefusedError(DomainError):
    """The person may not send e-mails again."""

    code = "may_not_retry"


class NotGivenUpError(DomainError):
    """Only an e-mail that was given up can be sent again: any other is sent, or on its way."""

    code = "not_given_up"


@transaction.atomic
def notify(
    *, kind: str, recipients: Iterable[User], event_key: str, context: dict[str, Any], path: str, at: datetime
) -> int:
    """Write a notice and an e-mail for each recipient, in the caller's transaction; return how many were new.

    `event_key` names the event: a person who has a notice of it already gets nothing. `context` holds plain JSON values
    for the templates notifications/<kind>.subject.txt and notifications/<kind>.txt, which also know `recipient`,
    `site_name` and `url` (of `path`). Inactive people are left out. The e-mails leave after commit.
    """
    people = {person.pk: person for person in recipients if person.is_active}
    told = Notice.objects.filter(dedup_key=event_key, recipient__in=people).values_list("recipient_id", flat=True)
    for person_id in set(told):
        del people[person_id]
    emails = Email.objects.bulk_create(
        _email(kind=kind, recipient=person, context=context, path=path, at=at) for person in people.values()
    )
    Notice.objects.bulk_create(
        [
            Notice(
                recipient_id=email.recipient_id,
                kind=kind,
                dedup_key=event_key,
                context=context,
                path=path,
                email=email,
                created_at=at,
            )
            for email in emails
        ],
        ignore_conflicts=True,
    )
    # Someone else may have told the same people since we looked: their notice stands, our e-mail goes.
    ours = Email.objects.filter(pk__in=[email.pk for email in emails])
    new = set(ours.filter(notices__isnull=False).values_list("pk", flat=True))
    if len(new) < len(emails):
        ours.exclude(pk__in=new).delete()
    for email_id in sorted(new):
        enqueue("notifications.deliver", email_id=email_id)
    return len(new)


def _email(*, kind: str, recipient: User, context: dict[str, Any], path: str, at: datetime) -> Email:
    with translation.override(recipient.language):
        subject = headline(kind=kind, recipient=recipient, context=context, path=path)
        text = _rendered(f"notifications/{kind}.txt", recipient=recipient, context=context, path=path)
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return Email(
        recipient=recipient,
        subject=subject[:SUBJECT_MAX],
        text=text.strip() + "\n",
        message_id=f"<{uuid.uuid4().hex}@{host[:80]}>",
        next_attempt_at=at,
        created_at=at,
    )


def headline(*, kind: str, recipient: User, context: dict[str, Any], path: str) -> str:
    """Say in one line, in the active language, what a notice is about."""
    subject = _rendered(f"notifications/{kind}.subject.txt", recipient=recipient, context=context, path=path)
    return " ".join(subject.split())


def _rendered(template_name: str, *, recipient: User, context: dict[str, Any], path: str) -> str:
    known = {
        **context,
        "recipient": recipient,
        "site_name": settings.SITE_NAME,
        "url": f"{settings.SITE_URL}{path}",
    }
    # Plain text: an apostrophe must stay an apostrophe, so nothing is escaped.
    plain = Context(known, autoescape=False)
    return str(get_template(template_name).template.render(plain))  # type: ignore[attr-defined]


def deliver(*, email_id: int, at: datetime) -> bool:
    """Send one e-mail of the outbox if it is due and nobody else is at it; tell whether it was sent.

    Call it outside any transaction: the claim must be seen by others before the mail server is spoken to. A worker
    lost between the server's answer and the note of it is the one case in which an e-mail leaves twice, with the same
    Message-ID, by which mail programs recognise it.
    """
    if not Email.objects.claim(pk=email_id, at=at):
        return False
    email = Email.objects.select_related("recipient").get(pk=email_id)
    if not email.recipient.is_active:
        return _give_up(email, error="The recipient's account is not active.", at=at)
    if email.attempts > len(BACKOFF) + 1:  # the last attempts ended without a word: the worker was lost each time
        return _give_up(email, error="The worker was lost while sending.", at=at)
    try:
        _message(email).send()
    except Exception as error:  # noqa: BLE001  # whatever the mail server or library raises: noted, tried again
        return _put_off(email, error=f"{type(error).__name__}: {error}", at=at)
    _held(email, at=at).update(state=EmailState.SENT, sent_at=at, last_error="")
    return True


def deliver_due(*, at: datetime) -> int:
    """Send what is due, the longest waiting first, at most SWEEP of them; return how many were sent."""
    due = Email.objects.due(at=at).order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:SWEEP]
    started = time.monotonic()
    # A slow server makes the sweep long: each lease starts when its own e-mail is taken, not when the sweep began.
    return sum(deliver(email_id=pk, at=at + timedelta(seconds=time.monotonic() - started)) for pk in list(due))


def _message(email: Email) -> EmailMessage:
    return EmailMessage(
        subject=email.subject,
        body=email.text,
        to=[email.recipient.email],
        headers={"Message-ID": email.message_id, "Auto-Submitted": "auto-generated"},
    )


def _held(email: Email, *, at: datetime) -> Any:
    """Select the e-mail as long as the claim made `at` still stands."""
    return Email.objects.filter(pk=email.pk, state=EmailState.SENDING, claimed_at=at)


def _put_off(email: Email, *, error: str, at: datetime) -> bool:
    if email.attempts > len(BACKOFF):
        return _give_up(email, error=error, at=at)
    wait = BACKOFF[email.attempts - 1]
    _held(email, at=at).update(state=EmailState.QUEUED, next_attempt_at=at + wait, last_error=error)
    return False


def _give_up(email: Email, *, error: str, at: datetime) -> bool:
    _held(email, at=at).update(state=EmailState.FAILED, last_error=error)
    return False


@transaction.atomic
def retry(*, email: Email, by: User, at: datetime) -> None:
    """Put a given-up e-mail back into the queue, with all its attempts before it.

    Raises RetryRefusedError, NotGivenUpError.
    """
    if not may(by, "outbox.manage"):
        raise RetryRefusedError(_("Only curators send e-mails again."))
    given_up = Email.objects.filter(pk=email.pk, state=EmailState.FAILED)
    if not given_up.update(state=EmailState.QUEUED, attempts=0, next_attempt_at=at):
        raise NotGivenUpError(_("This e-mail was not given up: it was sent or is on its way."))
    enqueue("notifications.deliver", email_id=email.pk)


def mark_read(*, user: User, at: datetime, notice_ids: Sequence[int] | None = None) -> int:
    """Mark the given notices of a person read, or all of them; return how many were unread."""
    unread = Notice.objects.filter(recipient=user, read_at__isnull=True)
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    return unread.update(read_at=at)
