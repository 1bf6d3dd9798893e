"""Rows of notifications."""

from notifications.models.claiming import LEASE
from notifications.models.notices import Bounce, Email, EmailQuerySet, Notice, Preference
from notifications.models.webhooks import WebhookDelivery, WebhookEndpoint, new_secret

__all__ = [
    "LEASE",
    "Bounce",
    "Email",
    "EmailQuerySet",
    "Notice",
    "Preference",
    "WebhookDelivery",
    "WebhookEndpoint",
    "new_secret",
]
