"""The chosen matches as a file, CSV or XLSX, for work outside the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from core.exporting import file_answer
from matching.models import Match
from matching.queries import with_sides

CHUNK = 500
TITLES = {"csv": _("Export selected matches as CSV"), "xlsx": _("Export selected matches as XLSX")}
NAMES = (
    "id", "demand", "demand_title", "demand_organisation", "demand_country", "supply", "supply_title",
    "supply_organisation", "supply_country", "score", "rank", "band", "state", "reason", "mark", "demand_answer",
    "supply_answer", "state_since", "due_at", "introduced_at", "decided_by",
)  # fmt: skip


def export(file_format: str) -> Callable[..., HttpResponseBase]:
    """Return the action that writes chosen matches in one format, by demand and rank; a row is read when it is sent."""

    @admin.action(description=TITLES[file_format], permissions=["view"])
    def act(_desk: ModelAdmin[Match], _request: HttpRequest, queryset: QuerySet[Match]) -> HttpResponseBase:
        chosen = Match.objects.filter(pk__in=queryset.order_by().values("pk"))
        matches = with_sides(chosen).select_related("decided_by").best_first()
        rows = (_row(match) for match in matches.iterator(chunk_size=CHUNK))
        return file_answer(file_format, rows, called="matches", names=NAMES)

    act.__name__ = f"export_{file_format}"
    return act


def _row(match: Match) -> dict[str, Any]:
    sides = {"demand": match.demand, "supply": match.supply}
    cells: dict[str, Any] = {"id": match.public_id}
    for side, entry in sides.items():
        cells |= {
            side: entry.public_id,
            f"{side}_title": entry.title,
            f"{side}_organisation": entry.organisation.name,
            f"{side}_country": entry.country_id or "",
        }
    cells |= {name: getattr(match, name) for name in ("score", "rank", "band", "state", "mark")}
    cells |= {"reason": match.reason_code, "demand_answer": match.demand_answer, "supply_answer": match.supply_answer}
    for name in ("state_since", "due_at", "introduced_at"):
        moment = getattr(match, name)
        cells[name] = moment.isoformat() if moment else ""
    return {name: cells.get(name, str(match.decided_by or "")) for name in NAMES}
