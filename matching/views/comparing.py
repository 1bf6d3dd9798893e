"""Candidates of a demand side by side, for those whose demand it is."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rules import may
from matching.models import Match
from matching.services.comparing import MOST, compared
from solutions.models import Entry


@login_required
@require_safe
def compare(request: HttpRequest, public_id: str) -> HttpResponse:
    """Compare the matches of a demand that the address names, four at most; none leads back to the list."""
    user = cast(User, request.user)
    demand = get_object_or_404(Entry.objects.demands().select_related("organisation", "country"), public_id=public_id)
    if not may(user, "match.view", demand.organisation):
        raise Http404
    known = Match.objects.visible_to(user).standing().filter(demand_id=demand.pk)
    wanted = known.filter(public_id__in=request.GET.getlist("match")[:MOST])
    matches = list(wanted.order_by("-mark", "rank", "pk"))
    if not matches:
        return redirect("demand-matches", public_id)
    context = {"demand": demand, "comparison": compared(matches=matches, reader=user)}
    return render(request, "matching/compare.html", context)
