"""Ranking runs: what each covered, in which chunks, and what it brought."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.enums import RunScope, RunState
from solutions.models import Entry


class RankingRun(models.Model):
    """One run of the ranking: what it covered, with which engine and weights, and what came out."""

    scope = models.CharField(_("scope"), max_length=12, choices=RunScope.choices)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    engine_version = models.CharField(_("engine"), max_length=80)
    demand_count = models.PositiveIntegerField(_("demands"), default=0)
    supply_count = models.PositiveIntegerField(_("supplies"), default=0)
    new_count = models.PositiveIntegerField(_("new matches"), default=0)
    moved_count = models.PositiveIntegerField(_("moved"), default=0)
    gone_count = models.PositiveIntegerField(_("gone"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("ranking run")
        verbose_name_plural = _("ranking runs")

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.started_at:%Y-%m-%d %H:%M}"
