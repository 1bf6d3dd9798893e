"""Match, MatchEvent and RankingRun: what the worker proposed and what people decided."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.publicids import new_public_id
from matching.enums import Band, DismissalReason, MatchState, RunScope, RunState
from matching.lifecycle import MOVES, OPEN
from solutions.models import Demand, Entry

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


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


class MatchQuerySet(models.QuerySet["Match"]):
    """Reads of matches, and the one way to change their state."""

    def proposed(self) -> MatchQuerySet:
        return self.filter(state=MatchState.PROPOSED)

    def open(self) -> MatchQuerySet:
        return self.filter(state__in=OPEN)

    def best_first(self) -> MatchQuerySet:
        return self.order_by("demand_id", "rank", "-score", "pk")

    def visible_to(self, user: User | AnonymousUser) -> MatchQuerySet:
        """Keep what a reader may know of.

        Curators: everything. Members of the demand's organisation: what is open. Members of the supply's
        organisation: what is open, if they may read the whole demand.
        """
        if not isinstance(user, User):
            return self.none()
        if user.is_curator:
            return self
        readable = Entry.objects.readable_by(user).demands().live()
        return self.open().filter(
            Q(demand__organisation_id__in=user.roles)
            | Q(supply__organisation_id__in=user.roles, demand_id__in=readable.values("pk"))
        )

    @transaction.atomic
    def move(
        self, match: Match, *, to: MatchState, by: User | None, reason: str = "", note: str = "", at: datetime
    ) -> bool:
        """Change a match's state and write the event; False when the move is not allowed or someone was first."""
        before = MatchState(match.state)
        if to not in MOVES[before]:
            return False
        changed = self.model._default_manager.filter(pk=match.pk, state=before, version=match.version).update(
            state=to, reason_code=reason, version=F("version") + 1, decided_by=by, changed_at=at
        )
        if not changed:
            return False
        MatchEvent.objects.create(
            match_id=match.pk, by=by, from_state=before, to_state=to, reason_code=reason, note=note, at=at
        )
        match.refresh_from_db(fields=["state", "reason_code", "version", "decided_by", "changed_at"])
        return True


class Match(models.Model):
    """A demand and a supply that could answer it: score, reasons, state and history."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    demand = models.ForeignKey(Demand, verbose_name=_("demand"), on_delete=models.CASCADE, related_name="matches")
    supply = models.ForeignKey(
        Entry, verbose_name=_("supply"), on_delete=models.CASCADE, related_name="matches_as_supply"
    )
    run = models.ForeignKey(RankingRun, verbose_name=_("run"), on_delete=models.PROTECT, related_name="matches")
    score = models.FloatField(_("score"))
    rank = models.PositiveIntegerField(_("rank"), help_text=_("Among all supplies, when it was last ranked."))
    band = models.CharField(_("band"), max_length=10, choices=Band.choices)
    explanation = models.JSONField(help_text="The engine's hit: reasons, evidence and missing facets.")
    state = models.CharField(_("state"), max_length=12, choices=MatchState.choices, default=MatchState.PROPOSED)
    reason_code = models.CharField(_("reason"), max_length=20, choices=DismissalReason.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("first proposed"), default=timezone.now)
    changed_at = models.DateTimeField(_("last change"), default=timezone.now)
    focal_points_told_at = models.DateTimeField(null=True, editable=False)
    publishers_told_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[MatchQuerySet] = MatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [
            models.UniqueConstraint(fields=["demand", "supply"], name="one_match_a_pair"),
            models.CheckConstraint(condition=Q(score__gte=0), name="match_score_not_negative"),
        ]
        indexes = [
            models.Index(fields=["demand", "rank", "id"], name="match_by_demand"),
            models.Index(fields=["state", "-score", "-id"], name="match_by_state"),
            models.Index(
                fields=["supply"],
                condition=Q(publishers_told_at=None, band__in=(Band.STRONG, Band.GOOD)),
                name="match_untold_to_publishers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} ← {self.supply_id}"


class MatchEvent(models.Model):
    """One move of a match: who, when, from, to, why; never changed."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="events")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    from_state = models.CharField(max_length=12, choices=MatchState.choices, blank=True)
    to_state = models.CharField(max_length=12, choices=MatchState.choices)
    reason_code = models.CharField(max_length=20, choices=DismissalReason.choices, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
