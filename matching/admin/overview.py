"""Where matching stands, in figures: the funnel, time in each state, acceptance by band, demands that nothing meets."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q, Value
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.admin.base import ReadOnlyAdmin
from matching.admin.charts import BarChart, Grid, bar_chart, grid
from matching.admin.totals import totals
from matching.enums import Answer, Band, MatchState
from matching.lifecycle import OPEN, TIMED, UNDER_WAY
from matching.models import Match
from solutions.enums import Kind
from solutions.models import Entry
from taxonomy.models import Region

KEPT_SECONDS = 300
KEY = "matching.desk.figures"
Figures = dict[str, Any]


def figures(*, at: datetime) -> Figures:
    """Return what the charts are drawn from, read in five queries at most every five minutes."""
    kept: Figures | None = cache.get(KEY)
    if kept is None:
        kept = {
            "entries": dict(Entry.objects.live().order_by().values_list("kind").annotate(Count("pk"))),
            "waiting": _waiting(at=at),
            "answers": _answers(),
            "unmet": _unmet(),
            "at": at,
        }
        cache.set(KEY, kept, KEPT_SECONDS)
    return kept


def _waiting(*, at: datetime) -> dict[str, tuple[int, timedelta, timedelta]]:
    """Return by open state how many matches are in it, and how long on average and at most."""
    age = ExpressionWrapper(Value(at) - F("state_since"), output_field=DurationField())
    rows = Match.objects.filter(state__in=OPEN).order_by().values_list("state")
    known = rows.annotate(number=Count("pk"), mean=Avg(age), most=Max(age))
    return {state: (number, mean, most) for state, number, mean, most in known}


def _answers() -> dict[str, tuple[int, int, int]]:
    """Return by band how many matches were introduced, and of how many both sides or one said yes and no."""
    ended = (MatchState.AGREED, MatchState.DECLINED, MatchState.WITHDRAWN, MatchState.EXPIRED)
    introduced = Match.objects.filter(state__in=(*TIMED, *ended), introduced_at__isnull=False)
    both = Q(demand_answer=Answer.ACCEPTED, supply_answer=Answer.ACCEPTED)
    no = Q(state__in=(MatchState.DECLINED, MatchState.WITHDRAWN, MatchState.EXPIRED))
    rows = introduced.order_by().values_list("band")
    known = rows.annotate(number=Count("pk"), yes=Count("pk", filter=both & ~no), no=Count("pk", filter=no))
    return {band: (number, yes, refused) for band, number, yes, refused in known}


def _unmet() -> dict[tuple[str, int], int]:
    """Count live demands that nothing is under way for, by region of the country and goal."""
    met = Match.objects.filter(state__in=UNDER_WAY).values("demand_id")
    unmet = Entry.objects.live().demands().exclude(pk__in=met)
    pairs = unmet.filter(country__isnull=False, goals__isnull=False).values_list("country__region_id", "goals")
    return dict(Counter(pairs))


def show(desk: ReadOnlyAdmin, request: HttpRequest) -> HttpResponse:
    """Show the figures."""
    at = timezone.now()
    known = figures(at=at)
    states = totals(at=at)[0]["state"]
    names = {Kind.DEMAND: _("live demands"), Kind.SOLUTION: _("live solutions"), Kind.OFFER: _("live offers")}
    counts = [(name, known["entries"].get(kind, 0)) for kind, name in names.items()]
    context = {
        "counts": [*counts, (_("matches"), sum(states.values()))],
        "counted_at": known["at"],
        "charts": [_funnel(states), _times(known["waiting"]), _acceptance(known["answers"])],
        "unmet": _unmet_grid(known["unmet"]),
    }
    return desk.page(request, "overview", title=_("Overview of matching"), **context)


def _funnel(states: dict[str, int]) -> BarChart:
    numbers = [(state, states.get(state, 0)) for state in MatchState]
    return bar_chart(
        code="funnel",
        title=_("From proposal to agreement"),
        help_text=_("How many matches are in each state now."),
        heads=(_("State"), _("Matches")),
        rows=[(state.label, [(state.value, number)], str(number), [str(number)]) for state, number in numbers],
    )


def _times(waiting: dict[str, tuple[int, timedelta, timedelta]]) -> BarChart:
    rows = []
    for state in (state for state in MatchState if state in OPEN):
        number, mean, most = waiting.get(state, (0, timedelta(), timedelta()))
        days, longest = mean.total_seconds() / 86400, most.total_seconds() / 86400
        cells = [str(number), f"{days:.1f}", f"{longest:.1f}"]
        rows.append((state.label, [(state.value, days)], f"{days:.1f}", cells))
    return bar_chart(
        code="times",
        title=_("Days in the present state"),
        help_text=_("How long open matches have been in their state on average."),
        heads=(_("State"), _("Matches"), _("Mean days"), _("Most days")),
        rows=rows,
    )


def _acceptance(answers: dict[str, tuple[int, int, int]]) -> BarChart:
    rows = []
    for band in Band:
        number, yes, no = answers.get(band, (0, 0, 0))
        share = f"{100 * yes / number:.0f} %" if number else "–"
        parts = [("accepted", float(yes)), ("refused", float(no)), ("pending", float(number - yes - no))]
        rows.append((band.label, parts, share, [str(number), str(yes), str(no), str(number - yes - no), share]))
    return bar_chart(
        code="acceptance",
        title=_("Acceptance by band"),
        help_text=_("Of the matches that were introduced: accepted by both sides, ended without, still open."),
        heads=(_("Band"), _("Introduced"), _("Accepted"), _("Ended"), _("Open"), _("Share accepted")),
        rows=rows,
    )


def _unmet_grid(unmet: dict[tuple[str, int], int]) -> Grid:
    regions = {region for region, _goal in unmet}
    named = sorted((str(region.name), region.pk) for region in Region.objects.filter(pk__in=regions))
    goals = sorted({goal for _region, goal in unmet})
    counts = {(region, str(goal)): number for (region, goal), number in unmet.items()}
    rows = [(code, name) for name, code in named]
    return grid(counts, rows=rows, columns=[str(goal) for goal in goals])
