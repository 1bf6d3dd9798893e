"""Counting how often entries are read."""

from __future__ import annotations

from django.db.models import F

from solutions.models import Entry, ViewCount


def count_view(*, entry: Entry) -> None:
    """Count one reading of an entry's page."""
    counted = ViewCount.objects.filter(entry_id=entry.pk)
    if not counted.update(count=F("count") + 1):
        ViewCount.objects.bulk_create([ViewCount(entry_id=entry.pk, count=1)], ignore_conflicts=True)
