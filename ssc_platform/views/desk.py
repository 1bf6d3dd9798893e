"""A member's own desk."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from matching.lifecycle import OPEN
from matching.queries import waiting_for
from matching.services.covering import coverages
from solutions.models import Entry
from solutions.services.entries import creatable

PAGE_SIZE = 25
WAITING = 10


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show what waits for a member and until when, and own entries with the matches and coverage of each demand."""
    user = cast("User", request.user)
    own = (
        Entry.objects.filter(organisation_id__in=user.roles)
        .select_related("organisation", "country")
        .annotate(open_match_count=Count("demand__matches", filter=Q(demand__matches__state__in=OPEN)))
        .order_by("-updated_at", "-pk")
    )
    page = Paginator(own, PAGE_SIZE).get_page(request.GET.get("page"))
    covered = coverages([entry.pk for entry in page if entry.is_demand], user=user)
    rows = [(entry, covered.get(entry.pk)) for entry in page]
    waiting = waiting_for(user)[:WAITING]
    context = {"page": page, "rows": rows, "waiting": waiting, "now": timezone.now(), "creatable": creatable(user)}
    return render(request, "desk.html", context)
