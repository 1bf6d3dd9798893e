"""Addresses that organisations want machine notice at, and each message to them with what became of it."""

from __future__ import annotations

import base64
import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.publicids import new_public_id
from notifications.enums import EmailState
from notifications.models.claiming import Claimable

URL_MAX = 500


def new_secret() -> str:
    """Return a new signing secret of 32 random bytes, as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def new_message_id() -> str:
    """Return the permanent id of a message, by which a receiver knows repetitions."""
    return f"msg_{secrets.token_urlsafe(24)}"


class WebhookEndpoint(models.Model):
    """Where an organisation wants to be told by machine; without kinds, of everything that concerns it."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.URLField(_("address"), max_length=URL_MAX)
    kinds = models.JSONField(_("kinds"), default=list, blank=True)
    secret = models.CharField(max_length=100, default=new_secret, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("added by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("added"), default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    off_at = models.DateTimeField(_("switched off"), null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.url


class DeliveryQuerySet(Claimable["WebhookDelivery"]):
    """Reads of the log, and the claim that makes exactly one worker send each message."""


class WebhookDelivery(models.Model):
    """One message to one address; retried by its own row, and the log of what became of it."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, verbose_name=_("webhook"), on_delete=models.CASCADE, related_name="deliveries"
    )
    dedup_key = models.CharField(max_length=200)
    message_id = models.CharField(_("message"), max_length=60, unique=True, default=new_message_id, editable=False)
    kind = models.CharField(_("kind"), max_length=50)
    body = models.TextField(_("body"))
    state = models.CharField(_("state"), max_length=10, choices=EmailState.choices, default=EmailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    claimed_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    status_code = models.PositiveSmallIntegerField(_("answer"), null=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]  # a queryset as manager

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "dedup_key"], name="one_message_an_event_and_webhook")
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state=EmailState.QUEUED), name="webhook_queued"),
            models.Index(fields=["claimed_at"], condition=Q(state=EmailState.SENDING), name="webhook_sending"),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="webhook_log"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.endpoint_id}"

    @property
    def is_stopped(self) -> bool:
        """Whether it was given up or put off, so that it can be sent again."""
        return self.state == EmailState.FAILED or (self.state == EmailState.QUEUED and self.attempts > 0)
