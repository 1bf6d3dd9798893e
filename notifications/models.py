"""Notice and Email: the database is the queue of record (docs/architecture.md)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.enums import EmailState

LEASE = timedelta(minutes=10)
"""How long a claimed e-mail may stay unreported before another worker takes it over."""


class EmailQuerySet(models.QuerySet["Email"]):
    """Reads of the outbox, and the claim that makes exactly one worker send each e-mail."""

    def due(self, *, at: datetime) -> EmailQuerySet:
        """Queued e-mails whose time has come, and claimed ones whose worker was lost."""
        return self.filter(
            Q(state=EmailState.QUEUED, next_attempt_at__lte=at)
            | Q(state=EmailState.SENDING, claimed_at__lte=at - LEASE)
        )

    def claim(self, *, pk: int, at: datetime) -> bool:
        """Take an e-mail for sending; exactly one caller gets True."""
        taken = self.due(at=at).filter(pk=pk)
        return taken.update(state=EmailState.SENDING, claimed_at=at, attempts=F("attempts") + 1) == 1


class Email(models.Model):
    """One e-mail to one person; retried by its own row, never by the queue."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="emails")
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=10, choices=EmailState.choices, default=EmailState.QUEUED)
    message_id = models.CharField(max_length=120, unique=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    claimed_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[EmailQuerySet] = EmailQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state=EmailState.QUEUED), name="email_queued"),
            models.Index(fields=["claimed_at"], condition=Q(state=EmailState.SENDING), name="email_sending"),
        ]

    def __str__(self) -> str:
        return self.subject


class Notice(models.Model):
    """One event told to one person; the key names the event, so that nobody hears of it twice."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=50)
    dedup_key = models.CharField(max_length=200)
    context = models.JSONField(default=dict, help_text="What the wording needs: plain JSON values.")
    path = models.CharField(_("page"), max_length=300, help_text="Where it leads, without the host.")
    email = models.ForeignKey(Email, null=True, on_delete=models.SET_NULL, related_name="notices")
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["recipient", "dedup_key"], name="one_notice_an_event_and_person")
        ]
        indexes = [models.Index(fields=["recipient", "-created_at", "-id"], name="notice_listing")]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient}"
