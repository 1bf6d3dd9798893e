"""The matches of one demand, for those whose demand it is, and for curators."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.generic import ListView

from accounts.models import User
from accounts.rules import may
from matching.models import Match, MatchQuerySet
from matching.queries import for_reading
from matching.services.covering import coverage_of
from matching.services.explaining import Labels, in_words
from solutions.models import Entry


class DemandMatches(LoginRequiredMixin, ListView):  # type: ignore[type-arg]  # generic in the stubs only
    """List the open and agreed matches of a demand, pinned and best ones first, each with its whole sum in words.

    A demand of another organisation is "not found", as one that does not exist is.
    """

    template_name = "matching/demand_matches.html"
    context_object_name = "matches"
    paginate_by = 10

    def get_queryset(self) -> MatchQuerySet:
        demands = Entry.objects.demands().select_related("organisation")
        self.demand = get_object_or_404(demands, public_id=self.kwargs["public_id"])
        if not may(self.request.user, "match.view", self.demand.organisation):
            raise Http404
        matches = Match.objects.visible_to(self.request.user).filter(demand_id=self.demand.pk)
        return for_reading(matches.standing()).order_by("-mark", "rank", "-score", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        labels = Labels()
        explained = [(match, in_words(match.explanation, labels)) for match in context["matches"]]
        coverage = coverage_of(self.demand, user=cast(User, self.request.user))
        return {**context, "demand": self.demand, "explained": explained, "coverage": coverage}
