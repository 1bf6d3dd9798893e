"""Letters about accounts and invitations, handed to the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User
from core.jobs import do_now


def send_letter(
    *, template: str, context: Mapping[str, Any], to: User | None = None, address: str = "", language: str = ""
) -> None:
    """Put <template>_subject.txt and <template>_message.txt into words and into the outbox, in the same transaction.

    To a person in their language, at their address unless another one is given; to somebody without an account at an
    address and in a language that the caller knows.
    """
    address = address or (to.email if to else "")
    language = language or (to.language if to else settings.LANGUAGE_CODE)
    known = {**context, "recipient": to, "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
    with translation.override(language):
        subject = render_to_string(f"{template}_subject.txt", known)
        text = render_to_string(f"{template}_message.txt", known)
    do_now(
        "notifications.write_letter",
        address=address,
        recipient_id=to.pk if to else None,
        subject=f"{settings.SITE_NAME}: {subject.strip()}",
        text=text,
        language=language,
    )
