"""Addresses that e-mails came back from: mail there is switched off, with a notice in the application."""

from __future__ import annotations

from datetime import datetime
from email import message_from_string, policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from smtplib import SMTPRecipientsRefused

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from notifications.models import Bounce, Email
from notifications.services.telling import notify

REASON_MAX = 500
DEAD_ADDRESS = "5.1."
"""Enhanced status codes that say an address is bad, not the message or the moment (RFC 3463, section 3.2)."""


@transaction.atomic
def record_bounce(*, email: Email, reason: str, at: datetime) -> bool:
    """Switch mail off for the address that an e-mail came back from; False when it is off already.

    An address that the person no longer has stays as it is: it is not written to any more. So does one of a stranger
    who got a letter.
    """
    if email.recipient_id is None:
        return False
    person = User.objects.get(pk=email.recipient_id)
    address = (email.address or person.email).lower()
    [bounce] = Bounce.objects.bulk_create(
        [Bounce(recipient=person, address=address, reason=reason[:REASON_MAX], bounced_at=at)], ignore_conflicts=True
    )
    recorded = Bounce.objects.filter(recipient=person, address=address, bounced_at=at, lifted_at__isnull=True)
    if address != person.email.lower() or not recorded.exists():
        return False
    notify(
        kind="notifications.mail_switched_off",
        recipients=[person],
        event_key=f"notifications.mail_switched_off:{address}:{at.isoformat()}",
        context={"address": address, "reason": bounce.reason},
        path=reverse("notice-settings"),
        at=at,
    )
    return True


def lift_bounces(*, user: User, at: datetime) -> int:
    """Write to a person's address again; return how many bounces were lifted."""
    return Bounce.objects.filter(recipient=user, lifted_at__isnull=True).update(lifted_at=at)


def says_address_is_dead(error: Exception) -> str:
    """Return the mail server's words when it refused the recipient's address for good, else nothing."""
    if not isinstance(error, SMTPRecipientsRefused):
        return ""
    for code, answer in error.recipients.values():
        text = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
        if code // 100 == 5 and text.startswith(DEAD_ADDRESS):
            return f"{code} {text}"
    return ""


def record_returned_message(*, raw: bytes, at: datetime) -> bool | None:
    """Take a delivery status notification (RFC 3464) in; None when it is none that says an e-mail of ours is lost.

    It must name the Message-ID of an e-mail that was sent, which only its recipient's mail servers know. Temporary
    failures and delays count for nothing. Otherwise as `record_bounce`.
    """
    message = BytesParser(policy=policy.default).parsebytes(raw)
    failure = _failure(message)
    email = Email.objects.filter(message_id__in=_returned_ids(message)).first()
    if not failure or email is None:
        return None
    return record_bounce(email=email, reason=failure, at=at)


def _failure(message: EmailMessage) -> str:
    """Return what the report says of a recipient that failed for good."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in _inside(part):
            if _field(block, "Action").lower() == "failed" and _field(block, "Status").startswith("5."):
                return _field(block, "Diagnostic-Code") or _field(block, "Status")
    return ""


def _returned_ids(message: EmailMessage) -> list[str]:
    """Return the Message-IDs of the messages that the report carries, whole or their headers only."""
    found = []
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            found += [_field(inner, "Message-ID") for inner in _inside(part)]
        elif part.get_content_type() == "text/rfc822-headers":
            headers = message_from_string(str(part.get_content()), policy=policy.default)
            found.append(_field(headers, "Message-ID"))
    return [one for one in found if one]


def _inside(part: Message) -> list[Message]:
    """Return the messages, or blocks of fields, that a part holds."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _field(block: Message, name: str) -> str:
    return " ".join(str(block.get(name, "")).split())
