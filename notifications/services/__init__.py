"""Verbs of notifications."""

from notifications.services.bounces import lift_bounces, record_bounce, record_returned_message
from notifications.services.delivery import NotGivenUpError, RetryRefusedError, deliver, deliver_due, retry
from notifications.services.digests import send_digests
from notifications.services.preferences import (
    Unsubscription,
    set_preferences,
    unsubscribe,
    unsubscription,
)
from notifications.services.telling import headline, mark_read, notify
from notifications.services.webhooks import announce, switch_webhook_off
from notifications.services.writing import write_letter

__all__ = [
    "NotGivenUpError",
    "RetryRefusedError",
    "Unsubscription",
    "announce",
    "deliver",
    "deliver_due",
    "headline",
    "lift_bounces",
    "mark_read",
    "notify",
    "record_bounce",
    "record_returned_message",
    "retry",
    "send_digests",
    "set_preferences",
    "switch_webhook_off",
    "unsubscribe",
    "unsubscription",
    "write_letter",
]
