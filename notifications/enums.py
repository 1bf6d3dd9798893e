"""Closed vocabularies of notifications."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EmailState(models.TextChoices):
    """Where an e-mail of the outbox stands."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Given up")


class Frequency(models.TextChoices):
    """How soon a notice is mailed; in the application it stands at once."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    NEVER = "never", _("Never")


DIGESTS = (Frequency.DAILY, Frequency.WEEKLY)
"""Frequencies that gather notices into one e-mail."""
