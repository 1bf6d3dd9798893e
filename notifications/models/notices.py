"""Notices, the e-mails that carry them, and how often a person wants them (docs/architecture.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.enums import DIGESTS, EmailState, Frequency
from notifications.models.claiming import LEASE, Claimable


class EmailQuerySet(Claimable["Email"]):
    """Reads of the outbox, and the claim that makes exactly one worker send each e-mail."""


class Email(models.Model):
    """One e-mail to one person; retried by its own row, never by the queue.

    `text` holds the words; the footer with its links and the HTML part are made when it is sent, to `address`.
    `scope` is what its unsubscribe link switches off: a kind of notice, or a frequency in the case of a digest.
    A letter is about an account or an invitation. It may go to somebody without an account, no preference and no
    bounce holds it back, and as it may carry a secret link its words are shown to nobody and forgotten once sent.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, on_delete=models.CASCADE, related_name="emails"
    )
    letter = models.BooleanField(_("letter"), default=False)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=10, default="en")
    scope = models.CharField(_("scope"), max_length=50, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=EmailState.choices, default=EmailState.QUEUED)
    message_id = models.CharField(max_length=120, unique=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    claimed_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    address = models.EmailField(_("sent to"), blank=True, editable=False)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[EmailQuerySet] = EmailQuerySet.as_manager()  # type: ignore[assignment]  # a queryset as manager

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state=EmailState.QUEUED), name="email_queued"),
            models.Index(fields=["claimed_at"], condition=Q(state=EmailState.SENDING), name="email_sending"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def hidden_fields(self) -> tuple[str, ...]:
        """The columns shown to nobody: a letter's words, whose link proves that one reads the mail of an address."""
        return ("text",) if self.letter else ()

    def why_not_sent(self, *, at: datetime) -> str:
        """Say in the active language what keeps the e-mail from being sent; nothing for one that was."""
        known = {"error": self.last_error, "attempts": self.attempts, "when": _moment(self.next_attempt_at)}
        if self.state == EmailState.FAILED:
            return gettext("Given up after %(attempts)s attempts: %(error)s") % known
        if self.state == EmailState.SENDING and self.claimed_at:
            until = {"since": _moment(self.claimed_at), "until": _moment(self.claimed_at + LEASE)}
            return gettext("With a worker since %(since)s; another one takes over at %(until)s.") % until
        if self.state == EmailState.QUEUED and self.attempts:
            return gettext("Attempt %(attempts)s failed: %(error)s. The next one is at %(when)s.") % known
        if self.state == EmailState.QUEUED and self.next_attempt_at <= at:
            return gettext("Waits for a worker since %(when)s.") % known
        return gettext("Due at %(when)s.") % known if self.state == EmailState.QUEUED else ""


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Reads of notices."""

    def waiting(self, frequency: Frequency) -> NoticeQuerySet:
        """Unread notices that a digest of that frequency gathers: those in no e-mail yet."""
        return self.filter(email__isnull=True, read_at__isnull=True, frequency=frequency)


class Notice(models.Model):
    """One event told to one person; the key names the event, so that nobody hears of it twice."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(_("kind"), max_length=50)
    dedup_key = models.CharField(max_length=200)
    context = models.JSONField(default=dict, help_text="What the wording needs: plain JSON values.")
    path = models.CharField(_("page"), max_length=300)  # where it leads, without the host
    frequency = models.CharField(
        _("by e-mail"), max_length=10, choices=Frequency.choices, default=Frequency.AT_ONCE,
        help_text=_("How this notice reaches its reader by e-mail."),
    )  # fmt: skip
    email = models.ForeignKey(
        Email, verbose_name=_("e-mail"), null=True, on_delete=models.SET_NULL, related_name="notices"
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]  # a queryset as manager

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["recipient", "dedup_key"], name="one_notice_an_event_and_person")
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notice_listing"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(
                fields=["frequency", "recipient"],
                condition=Q(email__isnull=True, read_at__isnull=True, frequency__in=DIGESTS),
                name="notice_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient}"


class Preference(models.Model):
    """How soon a person wants one kind of notice by e-mail; without a row the kind's own default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(_("kind"), max_length=50)
    frequency = models.CharField(_("by e-mail"), max_length=10, choices=Frequency.choices)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_preference_a_kind")]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}, {self.get_frequency_display()}"


class BounceQuerySet(models.QuerySet["Bounce"]):
    """Reads of bounces."""

    def standing(self, user_ids: Iterable[int]) -> BounceQuerySet:
        """Those that switch mail off: not lifted, and for the address that the person still has."""
        return self.filter(recipient__in=user_ids, lifted_at__isnull=True, address=Lower("recipient__email"))


class Bounce(models.Model):
    """An address that e-mails came back from for good: while it stands, no mail goes there.

    It stands until the person or a curator lifts it, or the person has another address.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="bounces"
    )
    address = models.EmailField(_("address"))
    reason = models.TextField(_("what the mail server said"))
    bounced_at = models.DateTimeField(_("bounced"))
    lifted_at = models.DateTimeField(_("lifted"), null=True)

    objects: ClassVar[BounceQuerySet] = BounceQuerySet.as_manager()  # type: ignore[assignment]  # a queryset as manager

    class Meta:
        verbose_name = _("bounce")
        verbose_name_plural = _("bounces")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "address"], condition=Q(lifted_at__isnull=True), name="one_standing_bounce"
            )
        ]

    def __str__(self) -> str:
        return self.address
