"""Put notices into words, and words into e-mails of the outbox."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.template import Context
from django.template.loader import get_template

from accounts.models import User
from core.jobs import enqueue
from notifications.models import Email

SUBJECT_MAX = Email._meta.get_field("subject").max_length


def words_of(name: str, *, recipient: User, context: Mapping[str, Any], path: str) -> tuple[str, str]:
    """Return the subject and the text that the templates notifications/<name> give in the active language."""
    text = _rendered(f"notifications/{name}.txt", recipient=recipient, context=context, path=path)
    return subject_of(name, recipient=recipient, context=context, path=path), text.strip() + "\n"


def subject_of(name: str, *, recipient: User, context: Mapping[str, Any], path: str) -> str:
    """Return the subject alone: one line."""
    subject = _rendered(f"notifications/{name}.subject.txt", recipient=recipient, context=context, path=path)
    return " ".join(subject.split())


def new_email(*, recipient: User, scope: str, subject: str = "", text: str = "", at: datetime) -> Email:
    """Return an e-mail, not saved yet, in the recipient's language and due at once."""
    return Email(
        recipient=recipient,
        subject=subject[:SUBJECT_MAX],
        text=text,
        language=recipient.language,
        scope=scope,
        message_id=_message_id(),
        next_attempt_at=at,
        created_at=at,
    )


@transaction.atomic
def write_letter(
    *, address: str, recipient_id: int | None, subject: str, text: str, language: str, at: datetime
) -> None:
    """Put a letter into the outbox: an e-mail about an account or an invitation, to whoever has the address."""
    email = Email.objects.create(
        recipient_id=recipient_id,
        letter=True,
        address=address,
        subject=" ".join(subject.split())[:SUBJECT_MAX],
        text=text.strip() + "\n",
        language=language,
        message_id=_message_id(),
        next_attempt_at=at,
        created_at=at,
    )
    enqueue("notifications.deliver", email_id=email.pk)


def _message_id() -> str:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{uuid.uuid4().hex}@{host[:80]}>"


def _rendered(template_name: str, *, recipient: User, context: Mapping[str, Any], path: str) -> str:
    known = {
        **context,
        "recipient": recipient,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "url": f"{settings.SITE_URL}{path}",
    }
    # Plain text: an apostrophe must stay an apostrophe, so nothing is escaped.
    plain = Context(known, autoescape=False)
    return str(get_template(template_name).template.render(plain))  # type: ignore[attr-defined]  # of the Django engine's templates
