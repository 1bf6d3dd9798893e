"""The page of one match, for both sides and curators: why, where it stands, who is next, answers, conversation."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.generic import ListView, View

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from matching.enums import Actor
from matching.forms import AcceptForm, ActForm, NeedsForm, SideForm
from matching.lifecycle import BOTH_SIDES
from matching.models import Match, MatchEvent, MatchQuerySet
from matching.queries import conversation_of, history_of, in_progress, with_sides
from matching.services.announcing import people_of_side
from matching.services.explaining import Labels, in_words, objection
from matching.services.moving import MatchNotOpenError, MoveRefusedError, capacities_of
from matching.views.acts import VERBS, Verb, unanswered
from solutions.models import Entry

STATUSES: dict[type[DomainError], int] = {MatchNotOpenError: 409, MoveRefusedError: 403}
"""What a refusal is in HTTP; any other is the input's fault."""


class MatchPage(LoginRequiredMixin, View):
    """What all pages of a match have in common."""

    def match(self, user: User) -> Match:
        """Return the match if the reader may know of it; else it is "not found"."""
        matches = with_sides(Match.objects.visible_to(user)).select_related("decided_by")
        return get_object_or_404(matches, public_id=self.kwargs["public_id"])

    def page(
        self, match: Match, *, user: User, tried: dict[str, ActForm] | None = None, status: int = 200
    ) -> HttpResponse:
        """Show a match; `tried` are forms that were sent in and not accepted."""
        at = timezone.now()
        held = capacities_of(user, match)
        ours = {side for side in BOTH_SIDES if match.party(side).organisation_id in user.roles}
        told = match.introduced_at is not None
        shown = BOTH_SIDES if user.is_curator or told else ours
        labels = Labels()
        context = {
            "match": match,
            "explanation": in_words(match.explanation, labels),
            "excluded": objection(match.explanation, labels),
            "next": [actor for actor in Actor if actor in match.next_actors],
            "overdue": match.due_at is not None and match.due_at <= at,
            "sees_demand": may(user, "match.view", match.demand.organisation),
            "demand_readable": Entry.objects.readable_by(user).filter(pk=match.demand_id).exists(),
            "supply_readable": Entry.objects.readable_by(user).filter(pk=match.supply_id).exists(),
            "contacts": [(side, people_of_side(match, side, at=at)) for side in Actor if side in shown],
            "conversation": conversation_of(match) if told else [],
            "history": [(event, user.is_curator or _is_for(ours, match, event)) for event in history_of(match)],
            "forms": _forms(match, held, tried or {}),
        }
        return TemplateResponse(self.request, "matching/match_detail.html", context, status=status)


class MyMatches(LoginRequiredMixin, ListView):  # type: ignore[type-arg]  # generic in the stubs only
    """List the matches of one's organisations that are under way, and who has to act."""

    template_name = "matching/my_matches.html"
    context_object_name = "matches"
    paginate_by = 20

    def get_queryset(self) -> MatchQuerySet:
        return in_progress(cast(User, self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "now": timezone.now()}


class MatchDetail(MatchPage):
    """Show a match."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        user = cast(User, request.user)
        return self.page(self.match(user), user=user)


class MatchAct(MatchPage):
    """Do something to a match; what is refused is said on its page, with what was written."""

    def get(self, request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
        """Lead who comes back to a refused form, in another language say, to the page of the match."""
        return redirect("match-page", public_id)

    def post(self, request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
        if verb not in VERBS:
            raise Http404
        user, act = cast(User, request.user), VERBS[verb]
        match = self.match(user)
        sent = request.POST.copy()
        form = act.form(sent, match=match, verb=verb)
        if not form.is_valid():
            return self.page(match, user=user, tried={verb: form}, status=400)
        try:
            act.call(match=match, by=user, at=timezone.now(), data=form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            match = self.match(user)
            sent["version"] = str(match.version)  # who sends it again has seen what changed
            return self.page(match, user=user, tried={verb: form}, status=STATUSES.get(type(refusal), 400))
        messages.success(request, act.done)
        if Match.objects.visible_to(user).filter(pk=match.pk).exists():
            return redirect("match-page", public_id)
        return redirect("demand-matches", match.demand.public_id)


def _is_for(sides: Collection[Actor], match: Match, event: MatchEvent) -> bool:
    """Tell whether sides read who did something and what was noted: what is theirs, and all since the two met."""
    met = match.introduced_at is not None and event.at >= match.introduced_at
    return event.by is not None and (met or event.actor in sides)


def _forms(match: Match, held: frozenset[Actor], tried: dict[str, ActForm]) -> list[tuple[str, Verb, ActForm]]:
    """Return the forms that a reader is offered; one that was sent in stays, also when it is offered no more."""
    forms = []
    for name, verb in VERBS.items():
        if name in tried:
            forms.append((name, verb, tried[name]))
        elif verb.offered(match, held):
            form = verb.form(match=match, verb=name)
            if isinstance(form, SideForm):
                sides = (
                    unanswered(match, held)
                    if isinstance(form, AcceptForm)
                    else [a for a in Actor if a in held & BOTH_SIDES]
                )
                form.initial["side"] = sides[0]
            if not isinstance(form, NeedsForm) or form.fields["needs"].choices:  # type: ignore[attr-defined]  # a choice field
                forms.append((name, verb, form))
    return forms
