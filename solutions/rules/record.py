"""What an entry's fields may hold: one table, read by services, import, export and admin alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from solutions.enums import FundingStatus, Kind, SolutionStatus, Urgency, Visibility
from solutions.rules.readers import (
    BODY_MAX,
    ID_MAX,
    SUMMARY_MAX,
    TITLE_MAX,
    Field,
    Problem,
    RefusedError,
    Store,
    Vocabulary,
    address_or_nothing,
    addresses,
    choice,
    code,
    codes,
    day,
    flag,
    line,
    lines,
    needs_list,
    provenance,
    text,
    whole_number,
)

_ID = line(ID_MAX)
_TEXT = text()
_NUMBER = Field(whole_number, empty=None)
_DAY = Field(day, empty=None)
_URL = Field(address_or_nothing)

COMMON: dict[str, Field] = {
    "title": line(TITLE_MAX, required=True),
    "summary": text(SUMMARY_MAX, required=True),
    "body": text(BODY_MAX),
    "language": code("languages", required=True),
    "country": code("countries"),
    "goals": codes("goals"),
    "targets": codes("targets"),
    "sectors": codes("sectors"),
    "modalities": codes("modalities"),
    "keywords": lines(80),
    "working_languages": codes("languages"),
    "contact_url": _URL,
    "start_date": _DAY,
    "end_date": _DAY,
    "provenance": Field(provenance, empty={}),
    "illustrative": Field(flag, empty=False),
}
OF_KIND: dict[Kind, dict[str, Field]] = {
    Kind.SOLUTION: {
        **dict.fromkeys(("challenge", "approach", "results", "south_south", "replication_conditions"), _TEXT),
        **dict.fromkeys(("sustainability", "cost_and_resources"), _TEXT),
        "status": choice(SolutionStatus, SolutionStatus.ONGOING),
        "implementers": lines(),
        "evidence_links": Field(addresses, empty=[]),
        "countries": codes("countries"),
        "adapted_from": Field(lambda value, v: _ID.read(value, v) or None, empty=None, store=Store.REFERENCE),
    },
    Kind.DEMAND: {
        **dict.fromkeys(("gap", "under_way", "expected_outcomes", "measurement", "beneficiaries"), _TEXT),
        "beneficiary_count": _NUMBER,
        "preferred_regions": codes("regions"),
        "preferred_countries": codes("countries"),
        "budget": line(200),
        "funding_status": choice(FundingStatus, FundingStatus.UNKNOWN),
        "urgency": choice(Urgency, Urgency.NORMAL),
        "endorsing_body": line(200),
        "needs": Field(needs_list, empty=[], store=Store.NEEDS),
        "visibility": choice(Visibility, Visibility.PUBLIC),
        "expiry_date": _DAY,
    },
    Kind.OFFER: {
        "offered": _TEXT,
        "capacity_per_year": _NUMBER,
        "capacity_left": _NUMBER,
        "capacity_unit": line(60),
        "eligible_countries": codes("countries"),
        "eligible_groups": codes("groups"),
        "cost_sharing": _TEXT,
        "conditions": _TEXT,
        "closing_date": _DAY,
        "past_recipients": codes("countries"),
        "linked_solutions": Field(
            lambda value, v: sorted(lines(ID_MAX).read(value, v)), empty=[], store=Store.REFERENCES
        ),
    },
}
FIELDS: dict[Kind, dict[str, Field]] = {kind: COMMON | own for kind, own in OF_KIND.items()}
"""All fields of a record by kind, in the order of the export; id, kind and organisation are the caller's."""
SUMMARY_FIELDS = (
    "title",
    "summary",
    "language",
    "country",
    "goals",
    "targets",
    "sectors",
    "modalities",
    "illustrative",
)
"""What a stranger sees of a demand shown in summary; filters may use nothing beyond these."""


def clean(
    kind: Kind, raw: Mapping[str, object], vocabulary: Vocabulary, *, before: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the clean values of a record and everything that is wrong with it.

    `before` is the record as it stands: then fields left out keep their value; without it they get their empty value.
    A field given as null is emptied. Sector words that are no code become keywords; goals of targets are added.
    """
    fields = FIELDS[kind]
    problems = [
        Problem(name, value, _("is no field of a %(kind)s; remove it.") % {"kind": kind.value})
        for name, value in raw.items()
        if name not in fields
    ]
    given = _with_sector_words_as_keywords(raw, vocabulary)
    values: dict[str, Any] = {} if before is not None else {name: f.empty for name, f in fields.items()}
    for name, value in given.items():
        if name not in fields:
            continue
        try:
            clears = value is None and fields[name].clearable
            values[name] = fields[name].empty if clears else fields[name].read(value, vocabulary)
        except RefusedError as refused:
            problems.append(Problem(name, refused.value, refused.message))
    refused_names = {problem.field for problem in problems}
    problems += [
        Problem(name, raw.get(name), _("is empty; this field is needed."))
        for name, f in fields.items()
        if f.required and name in values and not values[name] and name not in refused_names
    ]
    whole = {**(before or {}), **values}
    if targets := whole.get("targets"):
        values["goals"] = sorted({*whole.get("goals", ()), *(vocabulary.targets[target] for target in targets)})
    start, end = whole.get("start_date"), whole.get("end_date")
    if start and end and end < start:
        message = _("%(end)s is before the start, %(start)s; change one of them.")
        problems.append(Problem("end_date", end, message % {"end": end, "start": start}))
    return values, problems


def _with_sector_words_as_keywords(raw: Mapping[str, object], vocabulary: Vocabulary) -> dict[str, object]:
    sectors, keywords = raw.get("sectors"), raw.get("keywords") or []
    if not isinstance(sectors, list | tuple) or not isinstance(keywords, list | tuple):
        return dict(raw)
    words = [word for word in sectors if isinstance(word, str) and word not in vocabulary.sectors]
    known = [sector for sector in sectors if sector not in words]
    return {**raw, "sectors": known, **({"keywords": [*keywords, *words]} if words else {})}
