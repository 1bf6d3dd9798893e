"""How often the page of an entry was read; by whom is not kept."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from solutions.models.entry import Entry


class ViewCount(models.Model):
    """Readings of an entry's page by people who do not work on it; apart from the entry, whose rows carry versions."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="view_count")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("views")
        verbose_name_plural = _("views")

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.count}"
