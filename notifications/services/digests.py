"""Digests: one e-mail for all notices of a person that are in no e-mail yet."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from core.jobs import enqueue
from notifications.enums import Frequency
from notifications.models import Bounce, Notice
from notifications.services.telling import headline
from notifications.services.writing import new_email, words_of

LISTED = 50
"""How many notices a digest names, the newest first; the rest it counts."""


def send_digests(*, frequency: Frequency, at: datetime) -> int:
    """Gather what waits for a digest into an e-mail for each reader; return how many e-mails were written.

    A digest is what is in no e-mail yet: running this twice makes nothing, running it late loses nothing.
    """
    waiting = Notice.objects.waiting(frequency).order_by().values_list("recipient_id", flat=True).distinct()
    return sum(_send_digest(user_id=user_id, frequency=frequency, at=at) for user_id in sorted(waiting))


@transaction.atomic
def _send_digest(*, user_id: int, frequency: Frequency, at: datetime) -> bool:
    reader = User.objects.get(pk=user_id)
    if not reader.is_active or Bounce.objects.standing([user_id]).exists():
        return False  # what waits goes on waiting: the account or the address may come back
    email = new_email(recipient=reader, scope=frequency, at=at)
    email.save()
    # The notices are taken before they are put into words, so that two runs at once do not both mail them.
    count = Notice.objects.waiting(frequency).filter(recipient=reader).update(email=email)
    if not count:
        email.delete()
        return False
    notices = email.notices.order_by("-created_at", "-pk")[:LISTED]
    with translation.override(reader.language):
        items = [
            {"headline": headline(notice, reader=reader), "url": f"{settings.SITE_URL}{notice.path}"}
            for notice in notices
        ]
        email.subject, email.text = words_of(
            "digest",
            recipient=reader,
            context={"count": count, "items": items, "frequency": frequency},
            path=reverse("notice-list"),
        )
    email.save()
    enqueue("notifications.deliver", email_id=email.pk)
    return True
