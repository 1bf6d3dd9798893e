"""How exactly one worker gets each thing that has to leave: a claim with a lease, on the row itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from notifications.enums import EmailState

LEASE = timedelta(minutes=10)
"""How long a claimed row may stay unreported before another worker takes it over."""

Row = TypeVar("Row", bound=models.Model)


class Claimable(models.QuerySet[Row]):
    """Rows with a state, a time of the next attempt and a count of attempts."""

    def due(self, *, at: datetime) -> Self:
        """Queued rows whose time has come, and claimed ones whose worker was lost."""
        return self.filter(
            Q(state=EmailState.QUEUED, next_attempt_at__lte=at)
            | Q(state=EmailState.SENDING, claimed_at__lte=at - LEASE)
        )

    def claim(self, *, pk: int, at: datetime) -> bool:
        """Take a row for sending; exactly one caller gets True."""
        taken = self.due(at=at).filter(pk=pk)
        return taken.update(state=EmailState.SENDING, claimed_at=at, attempts=F("attempts") + 1) == 1

    def held(self, *, pk: int, at: datetime) -> Self:
        """Select a row as long as the claim made `at` still stands."""
        return self.filter(pk=pk, state=EmailState.SENDING, claimed_at=at)
