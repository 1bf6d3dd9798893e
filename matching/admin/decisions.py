"""What curators decide for one match or for many at once, with one reason; each goes through its service by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin, helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from matching.admin.base import curator
from matching.enums import Actor, Mark, MatchState
from matching.forms import DismissalForm, NoteForm
from matching.lifecycle import targets
from matching.models import Match
from matching.services.curation import dismiss, introduce, reopen, shortlist
from matching.services.marking import PINNABLE, exclude, pin, unpin

AT_ONCE = 200
"""Matches that are decided at once at most: a person has to have looked at them."""


@dataclass(frozen=True)
class Decision:
    """Name a decision, the service that takes it, what has to be said, and the matches that it is offered for."""

    code: str
    title: Any
    button: Any
    service: Callable[..., None]
    form: type[NoteForm]
    fits: Callable[[Match], bool]


def _may_become(state: MatchState) -> Callable[[Match], bool]:
    curators = frozenset({Actor.CURATOR})
    return lambda match: state in targets(MatchState(match.state), curators)


def _reopens(match: Match) -> bool:
    gone = match.state == MatchState.GONE
    return _may_become(MatchState.PROPOSED)(match) and not gone and match.mark != Mark.EXCLUDED


def _pins(match: Match) -> bool:
    return match.state in PINNABLE and not match.mark


def _excludes(match: Match) -> bool:
    dismissed = match.state == MatchState.DISMISSED
    return match.mark != Mark.EXCLUDED and (dismissed or _may_become(MatchState.DISMISSED)(match))


DECISIONS = {
    decision.code: decision
    for decision in (
        Decision(
            "shortlist_selected", _("Shortlist selected matches"), _("Shortlist"),
            shortlist, NoteForm, _may_become(MatchState.SHORTLISTED),
        ),
        Decision(
            "introduce_selected", _("Introduce the two sides of selected matches"), _("Introduce"),
            introduce, NoteForm, _may_become(MatchState.INTRODUCED),
        ),
        Decision(
            "dismiss_selected", _("Dismiss selected matches"), _("Dismiss"),
            dismiss, DismissalForm, _may_become(MatchState.DISMISSED),
        ),
        Decision("reopen_selected", _("Reopen selected matches"), _("Reopen"), reopen, NoteForm, _reopens),
        Decision("pin_selected", _("Pin selected matches: no ranking takes them away"), _("Pin"), pin, NoteForm, _pins),
        Decision(
            "exclude_selected", _("Exclude selected matches: no ranking brings them back"), _("Exclude"),
            exclude, DismissalForm, _excludes,
        ),
        Decision(
            "unpin_selected", _("Take pin or exclusion off selected matches"), _("Take pin or exclusion off"),
            unpin, NoteForm, lambda match: bool(match.mark),
        ),
    )
}  # fmt: skip


def offered(match: Match) -> list[Decision]:
    """Return the decisions that a curator may take of a match as it stands."""
    return [decision for decision in DECISIONS.values() if decision.fits(match)]


def action(decision: Decision) -> Callable[..., HttpResponse | None]:
    """Return a decision as an action of the list."""

    def act(desk: ModelAdmin[Match], request: HttpRequest, queryset: QuerySet[Match]) -> HttpResponse | None:
        return decide(desk, request, queryset, decision)

    act.__name__ = decision.code
    act.short_description = decision.title  # type: ignore[attr-defined]  # as the admin wants it
    act.allowed_permissions = ["change"]  # type: ignore[attr-defined]  # as the admin wants it
    return act


def decide(
    desk: ModelAdmin[Match], request: HttpRequest, queryset: QuerySet[Match], decision: Decision
) -> HttpResponse | None:
    """Ask for reason and note once for all selected matches, then decide each by itself and say how it went.

    The page remembers the version of each match it showed: what someone else moved meanwhile is refused.
    """
    sides = ("demand__organisation", "supply__organisation")
    matches = list(queryset.select_related(*sides).order_by("demand_id", "rank", "pk")[: AT_ONCE + 1])
    if len(matches) > AT_ONCE:
        text = gettext("Choose at most %(most)s matches at once: each has to be looked at.")
        desk.message_user(request, text % {"most": AT_ONCE}, messages.ERROR)
        return None
    form = decision.form(request.POST if "decide" in request.POST else None)
    if not form.is_valid():
        context = {
            **desk.admin_site.each_context(request),
            "title": decision.title,
            "opts": desk.opts,
            "matches": matches,
            "form": form,
            "action": decision.code,
            "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/matching/decide.html", context)
    done = sum(_decide_one(desk, request, match, decision, form.cleaned_data) for match in matches)
    if len(matches) > 1:
        counted = ngettext("%(done)s of %(all)s match decided.", "%(done)s of %(all)s matches decided.", len(matches))
        desk.message_user(request, counted % {"done": done, "all": len(matches)})
    return None


def _decide_one(
    desk: ModelAdmin[Match], request: HttpRequest, match: Match, decision: Decision, said: dict[str, Any]
) -> bool:
    seen = request.POST.get(f"version_{match.pk}", "")
    match.version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    line = f"{match.demand.title} ← {match.supply.title}"
    try:
        decision.service(match=match, by=curator(request), at=timezone.now(), **said)
    except DomainError as error:
        desk.message_user(request, f"{line}: {error}", messages.ERROR)
        return False
    mark = f" ({match.get_mark_display()})" if match.mark else ""
    desk.message_user(request, f"{line}: {match.get_state_display()}{mark}", messages.SUCCESS)
    return True
