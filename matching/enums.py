"""Closed vocabularies of matching."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from notifications.rules import NoticeKind


class MatchState(models.TextChoices):
    """Where a match stands; which moves there are is in lifecycle.py."""

    PROPOSED = "proposed", _("Proposed")
    SHORTLISTED = "shortlisted", _("Shortlisted")
    INTRODUCED = "introduced", _("Introduced")
    INTERESTED = "interested", _("Both sides interested")
    AGREED = "agreed", _("Agreed")
    DECLINED = "declined", _("Declined")
    DISMISSED = "dismissed", _("Dismissed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    GONE = "gone", _("No longer proposed")


class Actor(models.TextChoices):
    """In what capacity somebody moves a match, or has to."""

    DEMAND_SIDE = "demand_side", _("Requesting country")
    SUPPLY_SIDE = "supply_side", _("Provider")
    CURATOR = "curator", _("Curator")
    WORKER = "worker", _("Ranking")
    CLOCK = "clock", _("Clock")


class Answer(models.TextChoices):
    """What a side has said to an introduction."""

    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class Mark(models.TextChoices):
    """What a curator wants of a pair in every later ranking."""

    PINNED = "pinned", _("Pinned")
    EXCLUDED = "excluded", _("Excluded")


class EndingReason(models.TextChoices):
    """Why a match ended; which reasons an ending may have is in lifecycle.py."""

    WRONG_TOPIC = "wrong_topic", _("Another topic")
    WRONG_CONTEXT = "wrong_context", _("Does not fit the country's situation")
    WRONG_COUNTRY = "wrong_country", _("Not for this country")
    WRONG_LANGUAGE = "wrong_language", _("No common working language")
    WRONG_TIME = "wrong_time", _("Not at this time")
    NO_CAPACITY = "no_capacity", _("Provider has no capacity")
    NO_FUNDING = "no_funding", _("No funding")
    SOLVED_ELSEWHERE = "solved_elsewhere", _("Need met elsewhere")
    DUPLICATE = "duplicate", _("Duplicate of another match")
    NOT_NEEDED = "not_needed", _("No longer needed")
    OTHER = "other", _("Another reason, as noted")
    NO_ANSWER = "no_answer", _("Nobody answered in time")
    ENTRY_CLOSED = "entry_closed", _("The demand or the supply is no longer published")


class Act(models.TextChoices):
    """What an event of a match records."""

    MOVED = "moved", _("Moved")
    ADDED = "added", _("Added by hand")
    ACCEPTED = "accepted", _("Accepted")
    PINNED = "pinned", _("Pinned")
    UNPINNED = "unpinned", _("Pin or exclusion taken off")
    EXCLUDED = "excluded", _("Excluded from ranking")
    NEEDS_SET = "needs_set", _("Need lines chosen")


class MessageKind(models.TextChoices):
    """What a message on a match is."""

    QUESTION = "question", _("Question")
    ANSWER = "answer", _("Answer")


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
    CANCELLED = "cancelled", _("Cancelled")


class ChunkState(models.TextChoices):
    """How far a chunk of a run has come."""

    WAITING = "waiting", _("Waiting")
    TAKEN = "taken", _("Being ranked")
    DONE = "done", _("Done")


class Change(models.TextChoices):
    """What a run did to a match."""

    NEW = "new", _("New")
    MOVED = "moved", _("Moved")
    GONE = "gone", _("Gone")


class ChangeReason(models.TextChoices):
    """Why a run proposed, moved or withdrew a match."""

    NEW_DEMAND = "new_demand", _("The demand was ranked for the first time")
    DEMAND_CLOSED = "demand_closed", _("The demand is closed")
    NEW_SUPPLY = "new_supply", _("The supply is new")
    SUPPLY_REMOVED = "supply_removed", _("The supply left the catalogue")
    EXCLUDED = "excluded", _("A condition excludes it")
    TEXT = "text", _("A text changed")
    FACET = "facet", _("What is stated beside the text changed")
    EDITED = "edited", _("The supply was edited")
    WEIGHTS = "weights", _("The weights changed")
    ENGINE = "engine", _("The engine or its glossary changed")
    STATISTICS = "statistics", _("How rare words are was counted anew")
    DATE = "date", _("Time has passed")
    OTHERS = "others", _("Others came, went or moved")


_SIDES = frozenset({Role.FOCAL_POINT, Role.PUBLISHER})
_PAIR = {
    "demand": "Solar pumps", "country": "Ministry", "title": "Pumps", "organisation": "Agency", "state": "introduced",
}  # fmt: skip
NOTICE_KINDS = (
    NoticeKind(
        code="matching.new_matches",
        label=_("New matches for a demand of your organisation"),
        audience=frozenset({Role.FOCAL_POINT}),
        for_machines=True,
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
        for_machines=True,
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
        for_machines=True,
        example=_PAIR,
    ),
    NoticeKind(
        code="matching.chosen",
        label=_("A country put a match on its shortlist and waits for the introduction"),
        audience=frozenset({Role.CURATOR}),
        example=_PAIR,
    ),
    NoticeKind(
        code="matching.introduced",
        label=_("Your organisation and another one were introduced to each other"),
        audience=_SIDES,
        for_machines=True,
        example={**_PAIR, "note": "Both work in the Sahel."},
    ),
    NoticeKind(
        code="matching.answered",
        label=_("The other side of a match accepted, declined, withdrew or agreed"),
        audience=_SIDES | {Role.CURATOR},
        for_machines=True,
        example={**_PAIR, "side": "supply_side", "answer": "declined", "reason": "no_capacity", "note": "Next year."},
    ),
    NoticeKind(
        code="matching.message",
        label=_("A question or an answer on a match"),
        audience=_SIDES,
        for_machines=True,
        example={**_PAIR, "side": "demand_side", "text": "How many places are there?", "question": True},
    ),
    NoticeKind(
        code="matching.reminder",
        label=_("A match waits for you"),
        audience=_SIDES | {Role.CURATOR},
        for_machines=True,
        example={**_PAIR, "due": "2026-12-01", "over": False},
    ),
    NoticeKind(
        code="matching.overdue",
        label=_("A match is overdue and nobody acts"),
        audience=frozenset({Role.CURATOR}),
        example={**_PAIR, "due": "2026-12-01", "over": True},
    ),
    NoticeKind(
        code="matching.expired",
        label=_("A match expired"),
        audience=_SIDES | {Role.CURATOR},
        for_machines=True,
        example={**_PAIR, "reason": "no_answer"},
    ),
    NoticeKind(
        code="matching.saved_search",
        label=_("Something new in a search that you keep"),
        audience=frozenset(Role),
        example={
            "search": "Solar pumps",
            "count": 12,
            "entries": [{"title": "Pumps", "organisation": "Agency"}],
        },
    ),
)  # fmt: skip
"""What matching tells people of; the wording is in templates/notifications/."""
