"""The steps in which an entry of each kind is written, and the fields of each; saved one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from solutions.enums import Kind


@dataclass(frozen=True, slots=True)
class Step:
    """Part of a posting form: its place in the address, what it is called, what it is for, its fields."""

    slug: str
    title: Any
    help: Any
    fields: tuple[str, ...]


_BASICS: Final = Step(
    "basics",
    _("In short"),
    _("A title and a few sentences that somebody in another country understands. Write in your own language."),
    ("title", "summary", "language", "country"),
)
_TOPICS: Final = Step(
    "topics",
    _("Topics"),
    _("What it is about, in the words that all countries share. They decide much of the ranking."),
    ("goals", "targets", "sectors", "modalities", "keywords"),
)
LETTER: Final = "letter"
CHECK: Final = "check"
_CHECK: Final = Step(
    CHECK, _("Check and submit"), _("Read it once more. A curator reads it before it is published."), ()
)

STEPS: Final[dict[Kind, tuple[Step, ...]]] = {
    Kind.DEMAND: (
        _BASICS,
        Step(
            "need",
            _("The need"),
            _("What is missing, what is done already, and how everybody will know that it worked."),
            (
                "gap",
                "under_way",
                "expected_outcomes",
                "measurement",
                "beneficiaries",
                "beneficiary_count",
                "body",
            ),
        ),
        Step(
            "needs",
            _("Need lines"),
            _("Several needs in one? Name each: a different provider may answer each of them."),
            ("needs",),
        ),
        _TOPICS,
        Step(
            "cooperation",
            _("Cooperation"),
            _("With whom, when and with what means."),
            (
                "working_languages",
                "preferred_regions",
                "preferred_countries",
                "start_date",
                "end_date",
                "urgency",
                "budget",
                "funding_status",
            ),
        ),
        Step(
            "sharing",
            _("Who sees it"),
            _("You decide who reads this demand once it is published."),
            ("visibility", "endorsing_body", "contact_url", "expiry_date"),
        ),
        Step(
            LETTER,
            _("Request letter"),
            _("The official letter, if there is one. Only your organisation and the curators can read it."),
            (),
        ),
        _CHECK,
    ),
    Kind.SOLUTION: (
        _BASICS,
        Step(
            "practice",
            _("The practice"),
            _("What the problem was, what you did, and what came of it."),
            ("challenge", "approach", "results", "south_south", "body"),
        ),
        Step(
            "replication",
            _("What it takes to replicate"),
            _("What another country has to have, to pay and to keep up."),
            ("replication_conditions", "sustainability", "cost_and_resources", "status", "start_date", "end_date"),
        ),
        Step(
            "evidence",
            _("Evidence"),
            _("Who did it, where, and where one can read more."),
            ("implementers", "countries", "evidence_links", "adapted_from"),
        ),
        _TOPICS,
        Step(
            "cooperation",
            _("Cooperation"),
            _("How others can work with you on it."),
            ("working_languages", "contact_url"),
        ),
        _CHECK,
    ),
    Kind.OFFER: (
        _BASICS,
        Step(
            "offered",
            _("What is offered"),
            _("What others get, on what conditions, and how many can take part."),
            (
                "offered",
                "conditions",
                "cost_sharing",
                "capacity_per_year",
                "capacity_left",
                "capacity_unit",
                "body",
            ),
        ),
        Step(
            "eligibility",
            _("For whom"),
            _("Leave the countries and groups empty if it is open to all."),
            ("eligible_groups", "eligible_countries", "past_recipients", "linked_solutions"),
        ),
        _TOPICS,
        Step(
            "cooperation",
            _("Cooperation"),
            _("In which languages, from when to when, and where to write to."),
            ("working_languages", "start_date", "end_date", "closing_date", "contact_url"),
        ),
        _CHECK,
    ),
}
