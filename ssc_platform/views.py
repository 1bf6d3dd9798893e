"""Pages and probes of the site as a whole."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from matching.enums import MatchState
from solutions.enums import Kind
from solutions.models import Entry
from taxonomy.models import Goal

LATEST = 8
PAGE_SIZE = 25
OPEN = (MatchState.PROPOSED, MatchState.SHORTLISTED)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the goals with their counts, the figures and what came last."""
    visible = Entry.objects.live().visible_to(request.user)
    counts = dict.fromkeys(Kind.values, 0) | dict(
        visible.order_by().values_list("kind").annotate(Count("pk")).values_list("kind", "pk__count")
    )
    goals = Goal.objects.ordered().annotate(
        entry_count=Count("entries", filter=Q(entries__in=visible.values("pk")), distinct=True)
    )
    latest = visible.select_related("country", "language").newest_first()[:LATEST]
    return render(request, "home.html", {"counts": counts, "goals": goals, "latest": latest})


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Say that the database answers too; 500 when it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ready"})


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show a member's own entries, with the open matches of each demand, and the latest notices."""
    user = cast("User", request.user)
    own = (
        Entry.objects.filter(organisation_id__in=user.roles)
        .select_related("organisation", "country")
        .annotate(open_match_count=Count("demand__matches", filter=Q(demand__matches__state__in=OPEN)))
        .newest_first()
    )
    page = Paginator(own, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "desk.html", {"page": page})
