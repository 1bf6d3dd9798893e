"""Closed vocabularies of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from notifications.rules import NoticeKind


class Kind(models.TextChoices):
    """The three kinds of entry; solutions and offers together are the supply."""

    SOLUTION = "solution", _("Solution")
    DEMAND = "demand", _("Demand")
    OFFER = "offer", _("Offer")


class EntryState(models.TextChoices):
    """Where an entry stands in moderation."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned with comments")
    PUBLISHED = "published", _("Published")
    STALE = "stale", _("Needs reconfirmation")
    ARCHIVED = "archived", _("Archived")


class Freshness(models.TextChoices):
    """How far a live entry has come on the way from its last confirmation to the archive."""

    FRESH = "fresh", _("Confirmed")
    REMINDED = "reminded", _("Confirmation asked for")
    MARKED = "marked", _("Marked as not confirmed")
    HIDDEN = "hidden", _("Left out of matching")


class Visibility(models.TextChoices):
    """Who may see a demand once it is published."""

    PRIVATE = "private", _("My organisation and the curators")
    FOCAL_POINTS = "focal_points", _("Members of verified organisations")
    PUBLIC_SUMMARY = "public_summary", _("Everyone sees the summary, members the whole")
    PUBLIC = "public", _("Everyone")


class TranslationStatus(models.TextChoices):
    """How good a translation is; the better ones come first."""

    HUMAN = "human", _("Translated by a person")
    MACHINE = "machine", _("Translated by a machine")
    NONE = "none", _("Not finished: readers see the original")


class SolutionStatus(models.TextChoices):
    """How far the practice itself has come."""

    PLANNED = "planned", _("Planned")
    ONGOING = "ongoing", _("Ongoing")
    COMPLETED = "completed", _("Completed")
    DISCONTINUED = "discontinued", _("Discontinued")


class FundingStatus(models.TextChoices):
    """Whether the money for a demand is there."""

    UNKNOWN = "unknown", _("Not stated")
    NONE = "none", _("None yet")
    PARTIAL = "partial", _("Partly secured")
    SECURED = "secured", _("Secured")


class Urgency(models.TextChoices):
    """How pressing a demand is."""

    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    CRITICAL = "critical", _("Critical")


NOTICE_KINDS = (
    NoticeKind(
        code="solutions.reconfirm",
        label=_("An entry of your organisation should be confirmed"),
        audience=frozenset({Role.FOCAL_POINT, Role.PUBLISHER}),
        example={"title": "Solar pumps", "step": "marked", "months": 9, "next_months": 12},
        for_machines=True,
    ),
    NoticeKind(
        code="solutions.archived_unconfirmed",
        label=_("An entry of your organisation went to the archive because nobody confirmed it"),
        audience=frozenset({Role.FOCAL_POINT, Role.PUBLISHER}),
        example={"title": "Solar pumps", "months": 18},
        for_machines=True,
    ),
)
"""What the catalogue tells people of; the wording is in templates/notifications/."""
