"""Ranking runs: what each covered and brought, and two of them side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.db.models import Count, Model, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from matching.admin.base import ReadOnlyAdmin, curator, numbers
from matching.enums import Band, Change, ChangeReason, RunState
from matching.models import Match, RankingRun, RunChunk
from matching.services import runs as services

LISTED = 50
"""New, moved and gone matches that a comparison lists of each run."""


class Changed(NamedTuple):
    """One match that a run proposed, moved or withdrew, its ranks, and why."""

    match: Match
    before: int | None
    after: int | None
    why: str


@dataclass(frozen=True)
class Outcome:
    """What one run did to matches."""

    run: RankingRun
    changes: list[tuple[str, list[Changed]]]
    bands: dict[str, int]


@admin.register(RankingRun)
class RankingRunAdmin(ReadOnlyAdmin):
    """Every ranking run: what it covered, what came out, how long it took."""

    list_display = (
        "started_at", "scope", "entry", "state", "progress", "demand_count", "supply_count", "new_count",
        "moved_count", "gone_count", "duration", "engine_version",
    )  # fmt: skip
    list_filter = ("scope", "state")
    list_select_related = ("entry",)
    exclude = ("reasons", "due")
    ordering = ("-pk",)
    actions = ("compare_selected", "cancel_selected")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RankingRun]:
        rows: QuerySet[RankingRun] = super().get_queryset(request)
        return rows.annotate(ranked=Sum("chunks__ranked_count"))

    @admin.display(description=_("ranked so far"))
    def progress(self, run: RankingRun) -> str:
        ranked = getattr(run, "ranked", None) or 0
        return f"{ranked} / {run.demand_count} ({100 * ranked // (run.demand_count or 1)} %)" if run.generation else "–"

    @admin.display(description=_("seconds"))
    def duration(self, run: RankingRun) -> str:
        return f"{(run.finished_at - run.started_at).total_seconds():.1f}" if run.finished_at else "–"

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        own = [path("compare/", self.admin_site.admin_view(self.compare), name="matching_compare_runs")]
        return own + super().get_urls()

    @admin.action(description=_("Compare two selected runs"), permissions=["view"])
    def compare_selected(self, request: HttpRequest, queryset: QuerySet[RankingRun]) -> HttpResponse | None:
        """Show two runs side by side."""
        chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(chosen) != 2:
            self.message_user(request, gettext("Choose two runs to compare."), messages.ERROR)
            return None
        return HttpResponseRedirect(f"{reverse('admin:matching_compare_runs')}?run={chosen[0]}&run={chosen[1]}")

    @admin.action(description=_("Cancel selected runs"), permissions=["view"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[RankingRun]) -> None:
        """Stop runs that are under way; what they have written stays."""
        curator(request)
        chosen = list(RankingRun.objects.filter(pk__in=queryset.values("pk"), state=RunState.RUNNING))
        stopped = sum(services.cancel(run, at=timezone.now()) for run in chosen)
        level = messages.SUCCESS if stopped else messages.ERROR
        self.message_user(request, gettext("%(count)s runs cancelled.") % {"count": stopped}, level)

    def compare(self, request: HttpRequest) -> HttpResponse:
        """Compare the two runs that the address names."""
        chosen = numbers(request.GET.getlist("run"))
        runs = list(RankingRun.objects.filter(pk__in=chosen).select_related("entry").order_by("pk"))
        if len(runs) != 2:
            raise Http404
        outcomes = [_outcome(run) for run in runs]
        context = {"rows": self._rows(runs), "outcomes": outcomes, "bands": _bands(outcomes), "listed": LISTED}
        return self.page(request, "compare_runs", title=_("Two runs side by side"), **context)

    def _rows(self, runs: list[RankingRun]) -> list[tuple[Any, list[Any], bool]]:
        """Return the columns of the runs, a row each: name, the two values, whether they differ."""
        rows: list[tuple[Any, list[Any]]] = [
            (_("covered"), [run.entry or run.get_scope_display() for run in runs]),
            (_("state"), [run.get_state_display() for run in runs]),
            (_("engine: weights and glossary"), [run.engine_version for run in runs]),
            (_("weights"), [", ".join(f"{name} {weight:g}" for name, weight in run.weights.items()) for run in runs]),
            (_("index"), [run.generation for run in runs]),
            (_("demands"), [run.demand_count for run in runs]),
            (_("supplies"), [run.supply_count for run in runs]),
            (_("new matches"), [run.new_count for run in runs]),
            (_("moved"), [run.moved_count for run in runs]),
            (_("gone"), [run.gone_count for run in runs]),
            *_reasons(runs),
            (_("seconds"), [self.duration(run) for run in runs]),
            (_("error"), [run.error for run in runs]),
        ]
        return [(name, values, values[0] != values[1]) for name, values in rows]


def _reasons(runs: list[RankingRun]) -> list[tuple[Any, list[Any]]]:
    """Return how many matches changed for which reason, a row for each that any of the runs has."""
    rows: list[tuple[Any, list[Any]]] = []
    for change in Change:
        for reason in ChangeReason:
            counts = [run.reasons.get(change.value, {}).get(reason.value, 0) for run in runs]
            if any(counts):
                rows.append((f"{change.label}: {reason.label}", counts))
    return rows


def _outcome(run: RankingRun) -> Outcome:
    """Read what a run did to matches; the first of each kind are listed."""
    chunks = RunChunk.objects.filter(run=run).order_by("number").values_list("changes", flat=True)
    changes = [change for found in chunks for change in found]
    kinds = {kind: list(islice((change for change in changes if change["kind"] == kind), LISTED)) for kind in Change}
    keys = {change["match"] for found in kinds.values() for change in found}
    matches = Match.objects.select_related("demand", "supply").defer("explanation").in_bulk(keys)
    bands = Match.objects.filter(run=run).order_by().values_list("band").annotate(Count("pk"))
    return Outcome(
        run=run,
        changes=[
            (
                str(kind.label),
                [
                    Changed(
                        matches[change["match"]], change["from"], change["to"], str(ChangeReason(change["why"]).label)
                    )
                    for change in found
                    if change["match"] in matches
                ],
            )
            for kind, found in kinds.items()
        ],
        bands=dict(bands),
    )


def _bands(outcomes: list[Outcome]) -> list[tuple[Any, list[int]]]:
    return [(band.label, [outcome.bands.get(band.value, 0) for outcome in outcomes]) for band in Band]
