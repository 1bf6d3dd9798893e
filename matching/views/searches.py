"""The searches that a reader keeps."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from core.errors import DomainError
from matching.models import SavedSearch
from matching.services.watching import drop_search, keep_search, rename_search


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved_searches(request: HttpRequest) -> HttpResponse:
    """List the searches that the reader keeps; POST keeps one more, as the search page sends it."""
    if request.method != "POST":
        return _listed(request)
    try:
        kept = keep_search(
            owner=cast(User, request.user), asked=request.POST, name=request.POST.get("name", ""), at=timezone.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        asked = request.POST.copy()
        for name in ("csrfmiddlewaretoken", "name"):
            asked.pop(name, None)
        return redirect(f"{reverse('search')}?{asked.urlencode()}")
    messages.success(request, _("The search is kept. We tell you once a day what is new in it."))
    return redirect(kept.path)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved_search(request: HttpRequest, public_id: str) -> HttpResponse:
    """Lead to what a kept search finds now; POST gives it another name."""
    kept = _kept(request, public_id)
    if request.method != "POST":
        return redirect(kept.path)
    try:
        rename_search(kept=kept, name=request.POST.get("name", ""))
    except DomainError as refusal:
        return _listed(request, refused=public_id, name=request.POST.get("name", ""), error=str(refusal))
    messages.success(request, _("The search has its new name."))
    return redirect("saved-searches")


@login_required
@require_POST
def saved_search_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Forget a kept search."""
    drop_search(kept=_kept(request, public_id))
    messages.success(request, _("The search is no longer kept."))
    return redirect("saved-searches")


def _kept(request: HttpRequest, public_id: str) -> SavedSearch:
    return get_object_or_404(SavedSearch.objects.visible_to(request.user), public_id=public_id)


def _listed(request: HttpRequest, *, refused: str = "", name: str = "", error: str = "") -> HttpResponse:
    """Show the list; a person keeps no more than one page of them. A refused name is still in its field."""
    found = SavedSearch.objects.visible_to(request.user).order_by("name", "pk")
    rows = [
        (kept, name if kept.public_id == refused else kept.name, error if kept.public_id == refused else "")
        for kept in found
    ]
    return render(request, "matching/saved_searches.html", {"rows": rows})
