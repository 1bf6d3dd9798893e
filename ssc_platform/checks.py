"""What `manage.py check --deploy` says of this site besides what Django does."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks


def mail_leaves(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of a site whose e-mails end in a folder."""
    if settings.EMAIL_HOST:
        return []
    return [
        checks.Warning(
            f"E-mails are written to files in {settings.EMAIL_FILE_PATH}: nobody gets them.",
            hint="Let EMAIL_HOST name the SMTP server.",
            id="ssc_platform.W001",
        )
    ]
