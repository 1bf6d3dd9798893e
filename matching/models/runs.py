"""Ranking runs: what each covered, in which chunks and what it brought, and what each ranking rests on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.enums import ChunkState, RunScope, RunState
from solutions.models import Demand, Entry


class RankingRun(models.Model):
    """One run of the ranking: what it covered, with which engine, weights and index, and what came out."""

    scope = models.CharField(_("scope"), max_length=12, choices=RunScope.choices)
    entry = models.ForeignKey(Entry, verbose_name=_("entry"), null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    engine_version = models.CharField(_("engine"), max_length=80)
    weights = models.JSONField(_("weights"), default=dict)
    generation = models.CharField(_("index"), max_length=40, blank=True, default="")
    demand_count = models.PositiveIntegerField(_("demands"), default=0)
    supply_count = models.PositiveIntegerField(_("supplies"), default=0)
    new_count = models.PositiveIntegerField(_("new matches"), default=0)
    moved_count = models.PositiveIntegerField(_("moved"), default=0)
    gone_count = models.PositiveIntegerField(_("gone"), default=0)
    reasons = models.JSONField(default=dict, help_text="Of new, moved and gone: how many for which reason.")
    due = models.JSONField(default=dict, help_text="Supplies that waited when it began, and since when.")
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("ranking run")
        verbose_name_plural = _("ranking runs")
        constraints = [
            models.UniqueConstraint(
                fields=["scope"],
                condition=Q(state=RunState.RUNNING, scope=RunScope.EVERYTHING),
                name="one_full_run_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.started_at:%Y-%m-%d %H:%M}"


class RunChunk(models.Model):
    """Some demands of a run: taken by one worker at a time, for as long as its lease is renewed."""

    run = models.ForeignKey(RankingRun, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    demand_ids = models.JSONField()
    state = models.CharField(_("state"), max_length=10, choices=ChunkState.choices, default=ChunkState.WAITING)
    takes = models.PositiveIntegerField(default=0, help_text="How often a worker took it; the last one holds it.")
    leased_until = models.DateTimeField(null=True)
    ranked_count = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=list, help_text="Each new, moved and gone match with its reason.")
    failed = models.JSONField(default=dict, help_text="Demands that could not be ranked, and the error of each.")

    class Meta:
        verbose_name = _("chunk of a run")
        verbose_name_plural = _("chunks of runs")
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_chunk_a_number")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class RankedDemand(models.Model):
    """What a demand's last ranking rests on: what was read of it, and how far down the ranking looked.

    A supply changes the ranking only if it passes the edge, or was looked at before; no edge: all were looked at.
    """

    demand = models.OneToOneField(Demand, primary_key=True, on_delete=models.CASCADE, related_name="ranked")
    run = models.ForeignKey(RankingRun, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    day = models.DateField()
    engine_version = models.CharField(max_length=80)
    generation = models.CharField(max_length=40)
    analysis = models.CharField(max_length=16, help_text="Names the analysis, the terms and the code.")
    text_digest = models.CharField(max_length=16, help_text="Names the text that the counts are of.")
    language = models.CharField(max_length=8)
    counts = models.JSONField(help_text="Terms of the demand and how often each counts: read once, weighed ever after.")
    surfaces = models.JSONField(help_text="Terms and their wording in the demand.")
    profile = models.TextField(help_text="The facets, as the engine keeps them.")
    scale = models.FloatField()
    edge_total = models.FloatField(null=True)
    edge_supply = models.CharField(max_length=40, blank=True)
    looked_at = models.JSONField(help_text="Public ids of the supplies that the ranking looked at.")

    def __str__(self) -> str:
        return f"{self.demand_id}"
