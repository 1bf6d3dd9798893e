"""A member's own desk."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from matching.lifecycle import OPEN
from solutions.models import Entry
from solutions.services.entries import creatable

PAGE_SIZE = 25


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
    return render(request, "desk.html", {"page": page, "creatable": creatable(user)})
