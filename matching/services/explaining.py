"""Say in the reader's language why a supply is, or is not, proposed for a demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from matching import corpus
from matching.engine.calibration import Calibration
from matching.engine.explain import Explanation, explain, explain_exclusion
from matching.engine.types import Exclusion, Hit
from solutions.models import Entry
from taxonomy.models import Country, CountryGroup, Goal, Language, Modality, Region, Sector, Target


class NotRankedError(DomainError):
    """A pair can only be explained for a live demand and a solution or offer."""

    code = "not_ranked"


class Labels:
    """Name what an explanation holds in the active language; each table is read once, when it is first needed."""

    def __init__(self) -> None:
        self._tables: dict[str, Mapping[str, str | Model]] = {}

    def __call__(self, kind: str, code: str) -> str:
        """Return a code's name; the code itself where nothing is known of it."""
        if kind == "date":
            return date_format(date.fromisoformat(code))
        if kind == "number":
            return number_format(code)
        if kind not in self._tables:
            self._tables[kind] = TABLES[kind]()
        return str(self._tables[kind].get(code, code))

    @cached_property
    def calibration(self) -> Calibration:
        """What a score says of a curator's yes."""
        return corpus.calibration_in_force()


def _by_code(rows: Any) -> Mapping[str, str | Model]:
    return {str(row.pk): row for row in rows}


TABLES: dict[str, Callable[[], Mapping[str, str | Model]]] = {
    "goal": lambda: {str(goal.pk): f"{goal.pk} {goal.name}" for goal in Goal.objects.ordered()},
    "target": lambda: _by_code(Target.objects.ordered()),
    # the engine compares sectors as words
    "sector": lambda: {row.code.replace("_", " ").replace("-", " "): row for row in Sector.objects.ordered()},
    "modality": lambda: _by_code(Modality.objects.ordered()),
    "region": lambda: _by_code(Region.objects.ordered()),
    "country": lambda: _by_code(Country.objects.ordered()),
    "group": lambda: _by_code(CountryGroup.objects.ordered()),
    "language": lambda: _by_code(Language.objects.ordered()),
}


def in_words(explanation: Mapping[str, Any], labels: Labels) -> Explanation:
    """Put a match's explanation into the active language."""
    hit = Hit.from_dict(explanation)
    return explain(hit, gettext, labels, probability=labels.calibration.probability(hit.score))


def excluded_because(exclusion: Exclusion, labels: Labels) -> str:
    """Say in the active language why a supply may not answer a demand."""
    return explain_exclusion(exclusion, gettext, labels)


def objection(explanation: Mapping[str, Any], labels: Labels) -> str:
    """Say what the engine had against a pair that was added all the same; empty if nothing."""
    code = explanation.get("excluded")
    detail = explanation.get("excluded_detail", "")
    return excluded_because(Exclusion(explanation["supply_id"], code, detail), labels) if code else ""


def shared_words(explanation: Mapping[str, Any], *, most: int) -> list[list[str]]:
    """Return the pairs of words that a match hangs on most, as demand and supply put them."""
    evidence = [item for reason in explanation["reasons"] for item in reason["evidence"]]
    return [[item["demand_surface"], item["supply_surface"]] for item in evidence if item["exact"]][:most]


def terms_of(explanation: Mapping[str, Any], pair: tuple[Entry, Entry]) -> list[tuple[list[str], tuple[str, ...]]]:
    """Return the pairs of words that a match hangs on, with the glossary's concepts that they are read as."""
    read = corpus.curated_analyser(corpus.terms_in_force())
    languages = [entry.language_id for entry in pair]
    found = []
    for item in (item for reason in explanation["reasons"] for item in reason["evidence"]):
        words = [item["demand_surface"], item["supply_surface"]]
        concepts = [read.concepts(text, language) for text, language in zip(words, languages, strict=True)]
        if known := tuple(dict.fromkeys((*concepts[0], *concepts[1]))):
            found.append((words, known))
    return found


def readable_pair(*, demand: str, supply: str, reader: User | AnonymousUser) -> tuple[Entry, Entry]:
    """Return two entries by their public ids; one that the reader may not read whole is not there.

    Raises NotRankedError.
    """
    known = Entry.objects.live().readable_by(reader).select_related("organisation")
    found = {entry.public_id: entry for entry in known.filter(public_id__in=(demand, supply))}
    if demand not in found:
        raise NotRankedError(_("The first entry is not a published demand."), field="demand")
    if supply not in found:
        raise NotRankedError(_("The second entry is not published."), field="supply")
    return found[demand], found[supply]


def explain_pair(*, demand: Entry, supply: Entry, at: datetime) -> Hit | Exclusion:
    """Return the engine's opinion of any pair, on record or not. Raises NotRankedError."""
    profile = corpus.demand_profile(demand.pk, on=at.date()) if demand.is_demand else None
    if profile is None:
        raise NotRankedError(_("The first entry is not a published demand."), field="demand")
    if supply.is_demand:
        raise NotRankedError(_("The second entry is a demand, not a solution or offer."), field="supply")
    return corpus.fitted(at=at).explain(profile, supply.public_id)
