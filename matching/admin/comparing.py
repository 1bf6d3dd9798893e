"""Up to four candidates of one demand side by side, with the whole sum of each."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from matching.admin.base import ReadOnlyAdmin, curator, numbers
from matching.admin.columns import next_actor, score_bar, standing
from matching.admin.decisions import offered
from matching.models import Match
from matching.services.comparing import MOST, compared


def show(desk: ReadOnlyAdmin, request: HttpRequest) -> HttpResponse:
    """Compare the matches that the address names; all of one demand, or nothing is found."""
    found = Match.objects.filter(pk__in=numbers(request.GET.getlist("match"))[:MOST]).order_by("rank", "pk")
    matches = list(found.select_related("demand__country"))
    if len({match.demand_id for match in matches}) != 1:
        raise Http404
    comparison = compared(matches=matches, reader=curator(request))
    columns = [
        (one, [score_bar(one.match), standing(one.match), next_actor(one.match)], offered(one.match))
        for one in comparison.candidates
    ]
    context = {"demand": matches[0].demand, "columns": columns, "comparison": comparison}
    return desk.page(request, "compare", title=_("Candidates side by side"), **context)
