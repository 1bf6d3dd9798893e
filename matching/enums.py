"""Closed vocabularies of matching."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
