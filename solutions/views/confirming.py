"""The page behind the sealed link of a mail that asks whether an entry still holds."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from core.links import ExpiredLinkError
from solutions.services import freshness


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def entry_reconfirm(request: HttpRequest, sealed: str) -> HttpResponse:
    """Confirm the entry of a sealed link by POST, without log-in; GET only asks, for mail scanners follow links."""
    act = freshness.reconfirm if request.method == "POST" else freshness.reconfirmation
    try:
        found = act(sealed=sealed, at=timezone.now())
    except DomainError as refusal:
        status = 410 if isinstance(refusal, (ExpiredLinkError, freshness.NotLiveError)) else 404
        return render(request, "notifications/link_refused.html", {"refusal": refusal}, status=status)
    done = request.method == "POST" and not found.done
    return render(request, "solutions/reconfirm.html", {"found": found, "done": done})
