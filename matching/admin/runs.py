"""Ranking runs: what each covered and brought, and two of them side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from matching.admin.base import ReadOnlyAdmin, numbers
from matching.enums import Act, Band, MatchState
from matching.models import Match, MatchEvent, RankingRun

LISTED = 50
"""New and gone matches that a comparison lists of each run."""


@dataclass(frozen=True)
class Outcome:
    """What one run did to matches, as far as the histories of matches hold it."""

    run: RankingRun
    new: list[MatchEvent]
    gone: list[MatchEvent]
    bands: dict[str, int]


@admin.register(RankingRun)
class RankingRunAdmin(ReadOnlyAdmin):
    """Every ranking run: what it covered, what came out, how long it took."""

    list_display = (
        "started_at", "scope", "entry", "state", "demand_count", "supply_count", "new_count", "moved_count",
        "gone_count", "duration", "engine_version",
    )  # fmt: skip
    list_filter = ("scope", "state")
    list_select_related = ("entry",)
    ordering = ("-pk",)
    actions = ("compare_selected",)

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
            (_("demands"), [run.demand_count for run in runs]),
            (_("supplies"), [run.supply_count for run in runs]),
            (_("new matches"), [run.new_count for run in runs]),
            (_("moved"), [run.moved_count for run in runs]),
            (_("gone"), [run.gone_count for run in runs]),
            (_("seconds"), [self.duration(run) for run in runs]),
            (_("error"), [run.error for run in runs]),
        ]
        return [(name, values, values[0] != values[1]) for name, values in rows]


def _outcome(run: RankingRun) -> Outcome:
    """Read what happened at the time of a run: ranking stamps all that it does with when it was started."""
    moved = MatchEvent.objects.filter(act=Act.MOVED, by=None, at=run.started_at)
    pairs = moved.select_related("match__demand", "match__supply").order_by("pk")
    bands = Match.objects.filter(run=run).order_by().values_list("band").annotate(Count("pk"))
    return Outcome(
        run=run,
        new=list(pairs.filter(to_state=MatchState.PROPOSED)[:LISTED]),
        gone=list(pairs.filter(to_state=MatchState.GONE)[:LISTED]),
        bands=dict(bands),
    )


def _bands(outcomes: list[Outcome]) -> list[tuple[Any, list[int]]]:
    return [(band.label, [outcome.bands.get(band.value, 0) for outcome in outcomes]) for band in Band]
