"""Up to four candidates of one demand side by side: what their entries state, and the whole sum of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from matching.engine.explain import FEATURES, Explanation, Line
from matching.models import Match
from matching.services.explaining import Labels, in_words
from solutions.models import Entry
from solutions.queries import with_everything

MOST: Final = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """One supply of a comparison."""

    match: Match
    supply: Entry
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Comparison:
    """Candidates, what their entries state (a fact a row), and why each is proposed (a feature a row)."""

    candidates: list[Candidate]
    facts: list[tuple[Any, list[str]]]
    reasons: list[tuple[str, list[Line | None]]]


def compared(*, matches: Sequence[Match], reader: User) -> Comparison:
    """Put matches of one demand side by side, in a fixed number of queries."""
    supplies = Entry.objects.filter(pk__in=[match.supply_id for match in matches])
    entries = {entry.pk: entry for entry in with_everything(supplies, user=reader)}
    labels = Labels()
    candidates = [Candidate(m, entries[m.supply_id], in_words(m.explanation, labels)) for m in matches]
    return Comparison(candidates, _facts([one.supply for one in candidates]), _reasons(candidates))


def _facts(supplies: list[Entry]) -> list[tuple[Any, list[str]]]:
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


def _reasons(candidates: list[Candidate]) -> list[tuple[str, list[Line | None]]]:
    """Return the lines of the explanations, a feature a row; None where one has no such line."""
    lines = [{line.feature: line for line in candidate.explanation.lines} for candidate in candidates]
    features = [str(_(message)) for message in FEATURES.values()]
    return [(name, [known.get(name) for known in lines]) for name in features if any(name in known for known in lines)]
