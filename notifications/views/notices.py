"""A person's own notices, what they are mailed, and the page behind the unsubscribe link."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core.errors import DomainError
from core.links import ExpiredLinkError
from notifications import services
from notifications.enums import Frequency
from notifications.forms import PreferencesForm
from notifications.queries import frequencies_of, managed_organisations, notices_of, standing_bounce

PAGE_SIZE = 20
DIGITS = 18  # of a number that every database takes


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice_list(request: HttpRequest) -> HttpResponse:
    """List the reader's notices; POST marks one of them read (`notice`), or all."""
    reader = cast(User, request.user)
    if request.method == "POST":
        ids = [int(pk) for pk in request.POST.getlist("notice") if pk.isdecimal() and len(pk) <= DIGITS]
        services.mark_read(user=reader, at=timezone.now(), notice_ids=ids if "notice" in request.POST else None)
        return redirect(request.get_full_path())
    page = Paginator(notices_of(reader), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(notice, services.headline(notice, reader=reader)) for notice in page]
    return render(request, "notifications/notice_list.html", {"page": page, "rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Let the reader choose what is mailed, and how often."""
    reader = cast(User, request.user)
    form = PreferencesForm(request.POST or None, frequencies=frequencies_of(reader))
    if request.method == "POST" and form.is_valid():
        chosen = {code: Frequency(value) for code, value in form.cleaned_data.items()}
        services.set_preferences(user=reader, frequencies=chosen)
        messages.success(request, _("Your choices are kept."))
        return redirect("notice-settings")
    context = {"form": form, "bounce": standing_bounce(reader), "organisations": managed_organisations(reader)}
    return render(request, "notifications/settings.html", context)


@login_required
@require_http_methods(["POST"])
def mail_again(request: HttpRequest) -> HttpResponse:
    """Take up mail to the reader's address again."""
    services.lift_bounces(user=cast(User, request.user), at=timezone.now())
    messages.success(request, _("We write to your address again. What you missed comes with the next daily summary."))
    return redirect("notice-settings")


@csrf_exempt  # the sealed link is the permission; mail programs post it on their own (RFC 8058)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, sealed: str) -> HttpResponse:
    """Switch off a kind of e-mail by POST; GET only says what would be switched off, for scanners follow links."""
    act = services.unsubscribe if request.method == "POST" else services.unsubscription
    try:
        found = act(sealed=sealed, at=timezone.now())
    except DomainError as refusal:
        status = 410 if isinstance(refusal, ExpiredLinkError) else 404
        return render(request, "notifications/link_refused.html", {"refusal": refusal}, status=status)
    context = {"found": found, "done": request.method == "POST"}
    return render(request, "notifications/unsubscribe.html", context)
