"""What waits for a curator: what is overdue, what was answered, what to introduce, what is new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from matching.admin.base import ReadOnlyAdmin
from matching.admin.columns import next_actor, score_bar, standing
from matching.enums import Answer, Band, MatchState, MessageKind
from matching.models import Match, MatchMessage, MatchQuerySet
from matching.queries import awaiting_introduction, overdue, with_sides

SHOWN = 15
"""Matches a section shows; the rest is in the list."""


@dataclass(frozen=True)
class Section:
    """One sort of work: its matches as rows, first things first, and where all of them are."""

    title: Any
    help: Any
    rows: list[tuple[Match, SafeString, SafeString, SafeString]]
    more: str


def sections() -> list[Section]:
    """Return what waits, each sort with one query."""
    at = timezone.now()
    return [
        _section(_("Overdue"), _("Whose limit is over, the longest overdue first."), overdue(at=at), "overdue=yes"),
        _section(
            _("Answered"),
            _("What a side accepted, or asked and nobody has answered yet."),
            answered(),
            "state=introduced",
        ),
        _section(
            _("To introduce"),
            _("On the shortlist, the longest waiting first."),
            awaiting_introduction(),
            "state=shortlisted",
        ),
        _section(_("New"), _("Strong proposals that nobody has looked at, the best first."), new(), "state=proposed"),
    ]


def _section(title: Any, help_text: Any, matches: MatchQuerySet, query: str) -> Section:
    """Read one match more than is shown, so as to know whether there are more."""
    found = list(matches[: SHOWN + 1])
    rows = [(match, score_bar(match), standing(match), next_actor(match)) for match in found[:SHOWN]]
    return Section(title, help_text, rows, query if len(found) > SHOWN else "")


def new() -> MatchQuerySet:
    """Return the strong proposals, the best first: the index over states and scores stops the reading early."""
    proposed = Match.objects.proposed().filter(band=Band.STRONG)
    return with_sides(proposed).order_by("-score", "-pk")


def answered() -> MatchQuerySet:
    """Return the introduced matches with an answer of one side only, both sides interested, or an open question."""
    talking = Match.objects.filter(state__in=(MatchState.INTRODUCED, MatchState.INTERESTED))
    later = MatchMessage.objects.filter(match=OuterRef("match"), pk__gt=OuterRef("pk"))
    asked = MatchMessage.objects.filter(~Exists(later), kind=MessageKind.QUESTION)
    accepted = Q(demand_answer=Answer.ACCEPTED) | Q(supply_answer=Answer.ACCEPTED)
    return with_sides(talking.filter(accepted | Q(pk__in=asked.values("match")))).order_by("-changed_at", "-pk")


def show(desk: ReadOnlyAdmin, request: HttpRequest) -> HttpResponse:
    """Show what waits."""
    return desk.page(request, "queue", title=_("Needs me"), sections=sections())
