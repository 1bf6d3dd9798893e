"""What a person wants to be mailed, and the link in every e-mail that switches such e-mails off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.links import ForgedLinkError, opened, seal
from notifications.enums import DIGESTS, Frequency
from notifications.models import Email, Notice, Preference
from notifications.queries import frequencies_of
from notifications.rules import KINDS

PURPOSE = "notifications.unsubscribe"
LINK_LIFE = timedelta(days=365)
"""How long the unsubscribe link of an e-mail is good."""

DIGEST_LABELS = {Frequency.DAILY: _("Daily summaries"), Frequency.WEEKLY: _("Weekly summaries")}


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """What a link would switch off, for whom; `label` says it to a reader."""

    user: User
    scope: str
    label: Any


@transaction.atomic
def set_preferences(*, user: User, frequencies: Mapping[str, Frequency]) -> None:
    """Keep how soon a person wants each kind of notice by e-mail, by its code; what waits for a digest follows.

    A kind now wanted at once does not mail at once what happened before: that still comes with the next digest.
    """
    Preference.objects.bulk_create(
        [Preference(user=user, kind=code, frequency=frequency) for code, frequency in frequencies.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["frequency"],
    )
    waiting = Notice.objects.filter(recipient=user, email__isnull=True, frequency__in=DIGESTS)
    for frequency in (*DIGESTS, Frequency.NEVER):
        codes = [code for code, wanted in frequencies.items() if wanted == frequency]
        waiting.filter(kind__in=codes).update(frequency=frequency)


def unsubscribe_url(email: Email) -> str:
    """Return the address that switches off e-mails such as this one, without log-in."""
    sealed = seal(PURPOSE, [email.recipient_id, email.scope], until=email.created_at + LINK_LIFE)
    return f"{settings.SITE_URL}{reverse('unsubscribe', args=[sealed])}"


def unsubscription(*, sealed: str, at: datetime) -> Unsubscription:
    """Return what a link would switch off. Raises ForgedLinkError, ExpiredLinkError."""
    user_id, scope = opened(PURPOSE, sealed, at=at)
    user = User.objects.filter(pk=user_id).first()
    label = DIGEST_LABELS.get(scope) or (KINDS[scope].label if scope in KINDS else None)
    if user is None or label is None:
        raise ForgedLinkError(_("This link leads nowhere any more: such e-mails are no longer sent."))
    return Unsubscription(user=user, scope=scope, label=label)


def unsubscribe(*, sealed: str, at: datetime) -> Unsubscription:
    """Switch off a kind of notice by e-mail, or all kinds of a digest, as a link says; return what was switched off.

    The notices go on standing in the application. Doing it twice changes nothing. Raises ForgedLinkError,
    ExpiredLinkError.
    """
    found = unsubscription(sealed=sealed, at=at)
    if found.scope in DIGESTS:
        codes = [code for code, frequency in frequencies_of(found.user).items() if frequency == found.scope]
    else:
        codes = [found.scope]
    set_preferences(user=found.user, frequencies=dict.fromkeys(codes, Frequency.NEVER))
    return found
