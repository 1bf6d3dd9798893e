"""Up to four candidates of one demand side by side, with the whole sum of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from matching.admin.base import ReadOnlyAdmin, curator, numbers
from matching.admin.columns import next_actor, score_bar, standing
from matching.admin.decisions import Decision, offered
from matching.engine.explain import FEATURES, Explanation
from matching.models import Match
from matching.services.explaining import Labels, in_words
from solutions.models import Entry
from solutions.queries import with_everything

MOST = 4


@dataclass(frozen=True)
class Candidate:
    """One supply of the comparison."""

    match: Match
    supply: Entry
    explanation: Explanation
    decisions: list[Decision]
    cells: list[Any]


def show(desk: ReadOnlyAdmin, request: HttpRequest) -> HttpResponse:
    """Compare the matches that the address names; all of one demand, or nothing is found."""
    found = Match.objects.filter(pk__in=numbers(request.GET.getlist("match"))[:MOST]).order_by("rank", "pk")
    matches = list(found.select_related("demand__country"))
    if len({match.demand_id for match in matches}) != 1:
        raise Http404
    supplies = Entry.objects.filter(pk__in=[match.supply_id for match in matches])
    entries = {entry.pk: entry for entry in with_everything(supplies, user=curator(request))}
    labels = Labels()
    candidates = [_candidate(match, entries[match.supply_id], labels) for match in matches]
    context = {
        "demand": matches[0].demand,
        "candidates": candidates,
        "facts": _facts([candidate.supply for candidate in candidates]),
        "reasons": _reasons(candidates),
    }
    return desk.page(request, "compare", title=_("Candidates side by side"), **context)


def _candidate(match: Match, supply: Entry, labels: Labels) -> Candidate:
    cells = [score_bar(match), standing(match), next_actor(match)]
    return Candidate(match, supply, in_words(match.explanation, labels), offered(match), cells)


def _facts(supplies: list[Entry]) -> list[tuple[Any, list[str]]]:
    """Return what the supplies state, a fact a row."""

    def names(rows: Any) -> str:
        return ", ".join(str(row) for row in rows.all())

    def dates(entry: Entry) -> str:
        return f"{entry.start_date or '…'} – {entry.end_date or '…'}" if entry.start_date or entry.end_date else ""

    return [
        (_("Kind"), [entry.get_kind_display() for entry in supplies]),
        (_("Organisation"), [str(entry.organisation) for entry in supplies]),
        (_("Country"), [str(entry.country or _("global")) for entry in supplies]),
        (_("Language"), [str(entry.language) for entry in supplies]),
        (_("Goals"), [", ".join(str(goal.pk) for goal in entry.goals.all()) for entry in supplies]),
        (_("Sectors"), [names(entry.sectors) for entry in supplies]),
        (_("Forms of cooperation"), [names(entry.modalities) for entry in supplies]),
        (_("Working languages"), [names(entry.working_languages) for entry in supplies]),
        (_("Dates"), [dates(entry) for entry in supplies]),
        (_("Summary"), [entry.summary for entry in supplies]),
    ]


def _reasons(candidates: list[Candidate]) -> list[tuple[Any, list[Any]]]:
    """Return the lines of the explanations, a feature a row; None where one has no such line."""
    lines = [{line.feature: line for line in candidate.explanation.lines} for candidate in candidates]
    features = [str(_(message)) for message in FEATURES.values()]
    return [(name, [known.get(name) for known in lines]) for name in features if any(name in known for known in lines)]
