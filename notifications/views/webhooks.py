"""The webhooks of one's organisations: add, try, read the log, switch off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from core.errors import DomainError
from core.refusals import done
from notifications.forms import WebhookForm
from notifications.models import WebhookEndpoint
from notifications.queries import managed_organisations, webhooks_of
from notifications.services import webhooks

PAGE_SIZE = 25


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_list(request: HttpRequest) -> HttpResponse:
    """List the webhooks of the reader's organisations; POST adds one and shows its secret, this once."""
    reader = cast(User, request.user)
    organisations = managed_organisations(reader)
    if not organisations:
        raise Http404
    form = WebhookForm(request.POST or None, organisations=organisations)
    added = None
    if request.method == "POST" and form.is_valid():
        try:
            added = webhooks.add_webhook(**form.cleaned_data, by=reader, at=timezone.now())
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            form = WebhookForm(organisations=organisations)
    page = Paginator(webhooks_of(organisations), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "added": added}
    return render(request, "notifications/webhook_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD"])
def webhook_log(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what was sent to a webhook, and what became of it."""
    return _log(request, _endpoint(request, public_id))


@login_required
@require_POST
def webhook_test(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send a message that says no more than that it arrives."""
    endpoint = _endpoint(request, public_id)
    return _done(request, public_id, _("A test message is on its way."), webhooks.send_test, endpoint=endpoint)


@login_required
@require_POST
def webhook_off(request: HttpRequest, public_id: str) -> HttpResponse:
    """Switch a webhook off."""
    endpoint = _endpoint(request, public_id)
    return _done(request, public_id, _("Nothing more is sent there."), webhooks.switch_webhook_off, endpoint=endpoint)


@login_required
@require_POST
def webhook_retry(request: HttpRequest, public_id: str, delivery_id: int) -> HttpResponse:
    """Send a message again that was given up or put off."""
    endpoint = _endpoint(request, public_id)
    delivery = get_object_or_404(endpoint.deliveries.select_related("endpoint__organisation"), pk=delivery_id)
    return _done(request, public_id, _("The message is on its way again."), webhooks.retry_webhook, delivery=delivery)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_secret(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a new secret and show it, this once; who comes back to its page finds the log."""
    endpoint = _endpoint(request, public_id)
    if request.method != "POST":
        return redirect("webhook-log", public_id)
    webhooks.renew_secret(endpoint=endpoint, by=cast(User, request.user))
    return _log(request, endpoint, renewed=True)


def _endpoint(request: HttpRequest, public_id: str) -> WebhookEndpoint:
    """Return a webhook of the reader's organisations; 404 for any other."""
    return get_object_or_404(webhooks_of(managed_organisations(cast(User, request.user))), public_id=public_id)


def _log(request: HttpRequest, endpoint: WebhookEndpoint, *, renewed: bool = False) -> HttpResponse:
    page = Paginator(endpoint.deliveries.order_by("-created_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"endpoint": endpoint, "page": page, "renewed": renewed}
    return render(request, "notifications/webhook_log.html", context)


def _done(
    request: HttpRequest, public_id: str, text: str, service: Callable[..., object], **arguments: Any
) -> HttpResponse:
    """Call a service, say what came of it, and go back to the log."""
    if done(request, service, **arguments, by=request.user, at=timezone.now()):
        messages.success(request, text)
    return redirect("webhook-log", public_id)
