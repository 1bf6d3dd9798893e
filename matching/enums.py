"""Closed vocabularies of matching."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from notifications.rules import NoticeKind


class MatchState(models.TextChoices):
    """Where a match stands."""

    PROPOSED = "proposed", _("Proposed")
    SHORTLISTED = "shortlisted", _("Shortlisted")
    DISMISSED = "dismissed", _("Dismissed")
    WITHDRAWN = "withdrawn", _("No longer proposed")


class DismissalReason(models.TextChoices):
    """Why a curator set a proposed match aside."""

    WRONG_TOPIC = "wrong_topic", _("Another topic")
    WRONG_CONTEXT = "wrong_context", _("Does not fit the country's situation")
    WRONG_LANGUAGE = "wrong_language", _("No common working language")
    NO_CAPACITY = "no_capacity", _("Provider has no capacity")
    NO_FUNDING = "no_funding", _("No funding")
    SOLVED_ELSEWHERE = "solved_elsewhere", _("Need met elsewhere")
    DUPLICATE = "duplicate", _("Duplicate of another match")


class Band(models.TextChoices):
    """How strong a score is, in words."""

    STRONG = "strong", _("Strong")
    GOOD = "good", _("Good")
    POSSIBLE = "possible", _("Possible")
    WEAK = "weak", _("Weak")


class RunScope(models.TextChoices):
    """What a ranking run covered."""

    EVERYTHING = "everything", _("Everything")
    DEMAND = "demand", _("One demand")
    SUPPLY = "supply", _("One supply")
    DUE = "due", _("What was due")


class RunState(models.TextChoices):
    """How far a ranking run has come."""

    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")


NOTICE_KINDS = (
    NoticeKind(
        code="matching.new_matches",
        label=_("New matches for a demand of your organisation"),
        audience=frozenset({Role.FOCAL_POINT}),
        example={
            "demand": "Solar pumps",
            "count": 12,
            "matches": [
                {"title": "Pumps", "organisation": "Agency", "band": "strong", "words": [["eau", "water"]]}
            ],
        },
    ),
    NoticeKind(
        code="matching.supply_proposed",
        label=_("What your organisation publishes was proposed for a demand"),
        audience=frozenset({Role.PUBLISHER}),
        example={
            "count": 12,
            "matches": [
                {"title": "Pumps", "demand": "Solar pumps", "organisation": "Ministry", "path": "/entries/x/",
                 "band": "good", "words": [["pompe", "pump"]]}
            ],
        },
    ),
    NoticeKind(
        code="matching.shortlisted",
        label=_("A curator shortlisted a match of a demand of your organisation"),
        audience=frozenset({Role.FOCAL_POINT}),
        example={"demand": "Solar pumps", "title": "Pumps", "organisation": "Agency"},
    ),
)  # fmt: skip
"""What matching tells people of; the wording is in templates/notifications/."""
