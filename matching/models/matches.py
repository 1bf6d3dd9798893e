"""Matches with their events and messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.publicids import new_public_id
from matching.enums import Act, Actor, Answer, Band, EndingReason, Mark, MatchState, MessageKind
from matching.lifecycle import MOVES, OPEN, TIMED, next_actors
from matching.models.runs import RankingRun
from matching.rules.clock import limit_of, next_alarm
from solutions.models import Demand, Entry, NeedLine

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class MatchQuerySet(models.QuerySet["Match"]):
    """Reads of matches, and the one way to change their state."""

    def proposed(self) -> MatchQuerySet:
        return self.filter(state=MatchState.PROPOSED)

    def open(self) -> MatchQuerySet:
        return self.filter(state__in=OPEN)

    def shown(self) -> MatchQuerySet:
        """Matches that the two sides still hear of: what is open, and what they were introduced about."""
        return self.filter(Q(state__in=OPEN) | Q(introduced_at__isnull=False))

    def standing(self) -> MatchQuerySet:
        """Matches that have not ended without an agreement."""
        return self.filter(state__in=OPEN | {MatchState.AGREED})

    def overdue(self, *, at: datetime) -> MatchQuerySet:
        return self.filter(due_at__lte=at)

    def best_first(self) -> MatchQuerySet:
        return self.order_by("demand_id", "rank", "-score", "pk")

    def visible_to(self, user: User | AnonymousUser) -> MatchQuerySet:
        """Keep what a reader may know of.

        Curators: everything. Members of the demand's organisation: what is open, or was introduced. Members of the
        supply's organisation: what was introduced, and what is open if they may read the whole demand.
        """
        if not isinstance(user, User):
            return self.none()
        if user.is_curator:
            return self
        readable = Entry.objects.readable_by(user).demands().live()
        told = Q(introduced_at__isnull=False) | Q(demand_id__in=readable.values("pk"))
        return self.shown().filter(
            Q(demand__organisation_id__in=user.roles) | Q(told, supply__organisation_id__in=user.roles)
        )

    @transaction.atomic
    def move(
        self,
        match: Match,
        *,
        to: MatchState,
        by: User | None,
        actor: Actor = Actor.WORKER,
        reason: str = "",
        note: str = "",
        at: datetime,
        **changes: Any,
    ) -> bool:
        """Change a match's state and write the event; False when the move is not allowed or someone was first.

        `actor` is the capacity in which it is done. The new state's clock starts; a match that is proposed anew has
        no answers. `changes` are further columns that change with the state.
        """
        if actor not in MOVES.get((MatchState(match.state), to), ()):
            return False
        due_at = limit_of(to, since=at) if to in TIMED else None
        alarm_at = next_alarm(due_at, after=at) if due_at else None
        if to is MatchState.PROPOSED:
            changes |= {"demand_answer": "", "supply_answer": ""}
        changes |= {"state": to, "reason_code": reason, "state_since": at, "due_at": due_at, "alarm_at": alarm_at}
        return self.record(match, act=Act.MOVED, by=by, actor=actor, reason=reason, note=note, at=at, **changes)

    @transaction.atomic
    def move_ranked(
        self, matches: Sequence[Match], *, to: MatchState, notes: Mapping[int, str], at: datetime
    ) -> list[Match]:
        """Do what move() does to many matches for the ranking at once; return those that nobody changed meanwhile.

        `notes`: what the event says, by the key of the match. The matches are updated as they were read.
        """
        rows = self.model._default_manager.select_for_update(no_key=True).filter(pk__in=[match.pk for match in matches])
        versions = dict(rows.order_by("pk").values_list("pk", "version"))
        moved = [
            match
            for match in matches
            if versions.get(match.pk) == match.version and Actor.WORKER in MOVES.get((MatchState(match.state), to), ())
        ]
        events = [
            MatchEvent(match=match, from_state=match.state, to_state=to, note=notes.get(match.pk, ""), at=at)
            for match in moved
        ]
        changes: dict[str, Any] = {
            "state": to, "decided_by": None, "changed_at": at, "reason_code": "", "state_since": at, "due_at": None,
            "alarm_at": None,
        }  # fmt: skip
        if to is MatchState.PROPOSED:
            changes |= {"demand_answer": "", "supply_answer": ""}
        self.model._default_manager.filter(pk__in=[match.pk for match in moved]).update(
            version=F("version") + 1, **changes
        )
        MatchEvent.objects.bulk_create(events)
        for match in moved:
            match.version += 1
            for name, value in changes.items():
                setattr(match, name, value)
        return moved

    @transaction.atomic
    def record(
        self,
        match: Match,
        *,
        act: Act,
        by: User | None,
        actor: Actor,
        reason: str = "",
        note: str = "",
        at: datetime,
        **changes: Any,
    ) -> bool:
        """Change columns of a match as it was read and write the event; False when someone was first."""
        before = match.state
        unchanged = self.model._default_manager.filter(pk=match.pk, state=before, version=match.version)
        if not unchanged.update(version=F("version") + 1, decided_by=by, changed_at=at, **changes):
            return False
        MatchEvent.objects.create(
            match_id=match.pk, act=act, by=by, actor=actor, from_state=before, to_state=changes.get("state", before),
            reason_code=reason, note=note, at=at,
        )  # fmt: skip
        match.refresh_from_db(fields=["version", "decided_by", "changed_at", *changes])
        return True


class Match(models.Model):
    """A demand and a supply that could answer it: score, reasons, state and history."""

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=new_public_id, editable=False)
    demand = models.ForeignKey(Demand, verbose_name=_("demand"), on_delete=models.CASCADE, related_name="matches")
    supply = models.ForeignKey(
        Entry, verbose_name=_("supply"), on_delete=models.CASCADE, related_name="matches_as_supply"
    )
    run = models.ForeignKey(
        RankingRun, verbose_name=_("run"), null=True, on_delete=models.PROTECT, related_name="matches",
        help_text=_("Empty for a match that a curator added and no run has ranked yet."),
    )  # fmt: skip
    score = models.FloatField(_("score"))
    rank = models.PositiveIntegerField(_("rank"), help_text=_("Among all supplies, when it was last ranked."))
    band = models.CharField(_("band"), max_length=10, choices=Band.choices)
    explanation = models.JSONField(help_text="The engine's hit: reasons, evidence and missing facets.")
    state = models.CharField(_("state"), max_length=12, choices=MatchState.choices, default=MatchState.PROPOSED)
    reason_code = models.CharField(_("reason"), max_length=20, choices=EndingReason.choices, blank=True)
    mark = models.CharField(_("mark"), max_length=10, choices=Mark.choices, blank=True, default="", db_default="")
    demand_answer = models.CharField(
        _("requesting country's answer"), max_length=10, choices=Answer.choices, blank=True, default="", db_default=""
    )
    supply_answer = models.CharField(
        _("provider's answer"), max_length=10, choices=Answer.choices, blank=True, default="", db_default=""
    )
    needs = models.ManyToManyField(NeedLine, verbose_name=_("need lines"), blank=True, related_name="matches")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, db_default=Now())
    due_at = models.DateTimeField(_("due"), null=True, editable=False)
    alarm_at = models.DateTimeField(null=True, editable=False, help_text="When the clock has to look at it again.")
    introduced_at = models.DateTimeField(_("introduced"), null=True, editable=False)
    created_at = models.DateTimeField(_("first proposed"), default=timezone.now)
    changed_at = models.DateTimeField(_("last change"), default=timezone.now)
    focal_points_told_at = models.DateTimeField(null=True, editable=False)
    publishers_told_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[MatchQuerySet] = MatchQuerySet.as_manager()  # type: ignore[assignment]  # a queryset as manager

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
            models.Index(fields=["state", "demand", "rank", "id"], name="match_by_state_and_demand"),
            models.Index(fields=["state", "state_since", "id"], name="match_by_state_and_time"),
            models.Index(
                fields=["supply"],
                condition=Q(publishers_told_at=None, band__in=(Band.STRONG, Band.GOOD)),
                name="match_untold_to_publishers",
            ),
            models.Index(fields=["-changed_at", "-id"], name="match_by_change"),
            models.Index(fields=["alarm_at"], condition=Q(alarm_at__isnull=False), name="match_by_alarm"),
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="match_by_limit"),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} ← {self.supply_id}"

    def party(self, side: Actor) -> Entry:
        """Return the entry of one of the two sides."""
        return self.demand if side is Actor.DEMAND_SIDE else self.supply

    @property
    def next_actors(self) -> frozenset[Actor]:
        """Who has to act now."""
        answers = {Actor.DEMAND_SIDE: self.demand_answer, Actor.SUPPLY_SIDE: self.supply_answer}
        return next_actors(MatchState(self.state), frozenset(side for side, said in answers.items() if said))


class MatchEvent(models.Model):
    """One thing that happened to a match: who, in what capacity, when, from, to, why; never changed."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="events")
    act = models.CharField(_("what"), max_length=10, choices=Act.choices, default=Act.MOVED, db_default=Act.MOVED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor = models.CharField(
        _("as"), max_length=12, choices=Actor.choices, default=Actor.WORKER, db_default=Actor.WORKER
    )
    from_state = models.CharField(_("state before"), max_length=12, choices=MatchState.choices, blank=True)
    to_state = models.CharField(_("state after"), max_length=12, choices=MatchState.choices)
    reason_code = models.CharField(_("reason"), max_length=20, choices=EndingReason.choices, blank=True)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class MatchMessage(models.Model):
    """A question or an answer on a match, read by both sides and the curators; never changed."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(_("kind"), max_length=10, choices=MessageKind.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor = models.CharField(_("as"), max_length=12, choices=Actor.choices)
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return self.text[:60]
