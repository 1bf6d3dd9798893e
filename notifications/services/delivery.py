"""See that the e-mails of the outbox go out: once each, again later when the mail server fails."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from core.jobs import enqueue
from notifications.enums import EmailState
from notifications.models import Bounce, Email
from notifications.services.bounces import record_bounce, says_address_is_dead
from notifications.services.preferences import unsubscribe_url

BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""How long to wait after each failed attempt; when the list is used up the e-mail is given up."""

SWEEP = 100
"""How many e-mails one sweep sends at most; the next sweep takes the rest."""


class RetryRefusedError(DomainError):
    """The person may not send e-mails again."""

    code = "may_not_retry"


class NotGivenUpError(DomainError):
    """Only an e-mail that was given up or put off can be sent again: any other is sent, or on its way."""

    code = "not_given_up"


def deliver(*, email_id: int, at: datetime) -> bool:
    """Send one e-mail of the outbox if it is due and nobody else is at it; tell whether it was sent.

    Call it outside any transaction: the claim must be seen by others before the mail server is spoken to. A worker
    lost between the server's answer and the note of it is the one case in which an e-mail leaves twice, with the same
    Message-ID, by which mail programs recognise it.
    """
    if not Email.objects.claim(pk=email_id, at=at):
        return False
    email = Email.objects.select_related("recipient").get(pk=email_id)
    if email.recipient and not email.recipient.is_active:
        return _give_up(email, error="The recipient's account is not active.", at=at)
    if email.attempts > len(BACKOFF) + 1:  # the last attempts ended without a word: the worker was lost each time
        return _give_up(email, error="The worker was lost while sending.", at=at)
    if email.recipient and not email.letter and Bounce.objects.standing([email.recipient.pk]).exists():
        return _give_up(email, error="Mail to this address is switched off: earlier mail came back.", at=at)
    try:
        _message(email).send()
    except Exception as error:  # noqa: BLE001  # whatever the mail server or library raises: noted, tried again
        if answer := says_address_is_dead(error):
            _give_up(email, error=answer, at=at)
            record_bounce(email=email, reason=answer, at=at)
            return False
        return _put_off(email, error=f"{type(error).__name__}: {error}", at=at)
    sent: dict[str, Any] = {"state": EmailState.SENT, "sent_at": at, "last_error": "", "address": _address(email)}
    if email.letter:  # its links are nobody's business any more, nor is the address of a stranger
        sent |= {"text": ""} if email.recipient else {"text": "", "address": ""}
    Email.objects.held(pk=email.pk, at=at).update(**sent)
    return True


def deliver_due(*, at: datetime) -> int:
    """Send what is due, the longest waiting first, at most SWEEP of them; return how many were sent."""
    due = Email.objects.due(at=at).order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:SWEEP]
    started = time.monotonic()
    # A slow server makes the sweep long: each lease starts when its own e-mail is taken, not when the sweep began.
    return sum(deliver(email_id=pk, at=at + timedelta(seconds=time.monotonic() - started)) for pk in list(due))


def _address(email: Email) -> str:
    """Return where an e-mail goes: a letter to the address it was written to, any other to where the person is now."""
    return email.address if email.letter or not email.recipient else email.recipient.email


def _message(email: Email) -> EmailMultiAlternatives:
    """Put an e-mail's words into a text and an HTML part, both with the links of the footer."""
    unsubscribe = unsubscribe_url(email) if email.scope else ""
    known = {
        "email": email,
        "site_name": settings.SITE_NAME,
        "settings_url": f"{settings.SITE_URL}{reverse('notice-settings')}",
        "unsubscribe_url": unsubscribe,
    }
    with translation.override(email.language):
        text = render_to_string("notifications/mail.txt", known)
        html = render_to_string("notifications/mail.html", {**known, "body": _linked(email.text)})
    headers = {"Message-ID": email.message_id, "Auto-Submitted": "auto-generated"}
    if unsubscribe:  # RFC 8058: a POST by the reader's mail program is enough
        headers |= {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(
        subject=email.subject, body=text.strip() + "\n", to=[_address(email)], headers=headers
    )
    message.attach_alternative(html, "text/html")
    return message


def _linked(text: str) -> SafeString:
    """Escape a text and make links of the site's own addresses; what people wrote becomes no link."""
    parts = re.split(rf"({re.escape(settings.SITE_URL)}/\S*)", text)
    return format_html_join("", "{}", ((_link(part) if place % 2 else part,) for place, part in enumerate(parts)))


def _link(url: str) -> SafeString:
    """Write an address that may be long as a link that may break anywhere on a narrow screen."""
    pieces = format_html_join(mark_safe("<wbr>"), "{}", ((url[at : at + 30],) for at in range(0, len(url), 30)))
    return format_html('<a href="{}" dir="ltr">{}</a>', url, pieces)


def _put_off(email: Email, *, error: str, at: datetime) -> bool:
    if email.attempts > len(BACKOFF):
        return _give_up(email, error=error, at=at)
    wait = BACKOFF[email.attempts - 1]
    Email.objects.held(pk=email.pk, at=at).update(state=EmailState.QUEUED, next_attempt_at=at + wait, last_error=error)
    return False


def _give_up(email: Email, *, error: str, at: datetime) -> bool:
    Email.objects.held(pk=email.pk, at=at).update(state=EmailState.FAILED, last_error=error)
    return False


@transaction.atomic
def retry(*, email: Email, by: User, at: datetime) -> None:
    """Try a given-up or put-off e-mail again at once, with all its attempts before it.

    Raises RetryRefusedError, NotGivenUpError.
    """
    if not may(by, "outbox.manage"):
        raise RetryRefusedError(_("Only curators send e-mails again."))
    stopped = Email.objects.filter(
        Q(state=EmailState.FAILED) | Q(state=EmailState.QUEUED, next_attempt_at__gt=at), pk=email.pk
    )
    if not stopped.update(state=EmailState.QUEUED, attempts=0, next_attempt_at=at):
        raise NotGivenUpError(_("This e-mail was not given up: it was sent or is on its way."))
    enqueue("notifications.deliver", email_id=email.pk)
