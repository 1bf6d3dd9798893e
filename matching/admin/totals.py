"""How many matches there are of each sort: exact, counted at most every five minutes, for all curators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count

from matching.corpus import geography
from matching.models import Match
from solutions.models import Entry

KEPT_SECONDS = 300
KEY = "matching.desk.totals"

Totals = dict[str, dict[str, int]]
"""By filter and value, as they stand in the address of a list."""


def totals(*, at: datetime) -> tuple[Totals, datetime]:
    """Return the number of matches by filter and value, and when they were counted."""
    kept: tuple[Totals, datetime] | None = cache.get(KEY)
    if kept is None:
        kept = (_count(at=at), at)
        cache.set(KEY, kept, KEPT_SECONDS)
    return kept


def _count(*, at: datetime) -> Totals:
    """Count by columns of matches in the database, and by what demands are about through the sizes of their lists."""
    matches = Match.objects.order_by()
    sizes = dict(matches.values_list("demand_id").annotate(Count("pk")))
    demands = Entry.objects.demands()
    countries = list(demands.filter(country__isnull=False).values_list("pk", "country_id"))
    places = geography(on=at.date())
    return {
        "state": _by(matches, "state"),
        "band": _by(matches, "band"),
        "run": _by(matches, "run_id"),
        "languages": _by(matches, "demand__language_id", "supply__language_id"),
        "overdue": {"yes": Match.objects.overdue(at=at).count()},
        "goal": _sum(sizes, demands.filter(goals__isnull=False).values_list("pk", "goals")),
        "target": _sum(sizes, demands.filter(targets__isnull=False).values_list("pk", "targets")),
        "region": _sum(
            sizes, ((pk, region) for pk, country in countries for region in places.regions.get(country, ()))
        ),
        "group": _sum(sizes, ((pk, group) for pk, country in countries for group in places.groups.get(country, ()))),
    }


def _by(matches: Any, *columns: str) -> dict[str, int]:
    rows = matches.values_list(*columns).annotate(Count("pk"))
    return {"-".join(map(str, values)): number for *values, number in rows}


def _sum(sizes: dict[int, int], pairs: Iterable[tuple[int, Any]]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for demand_id, value in pairs:
        if size := sizes.get(demand_id):
            counts[str(value)] += size
    return dict(counts)
