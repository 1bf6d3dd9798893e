"""One's access tokens: made, shown once, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import TokenForm
from accounts.models import AccessToken
from accounts.queries import person
from accounts.services.tokens import make_token

PAGE_SIZE = 20


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens; POST makes one, and the answer is the only place where its secret is shown."""
    user, secret = person(request.user), ""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _token, secret = make_token(by=user, **form.cleaned_data)
        form = TokenForm()
    own = AccessToken.objects.filter(user=user).order_by("-created", "-pk")
    page = Paginator(own, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "secret": secret, "now": timezone.now()}
    return render(request, "account/tokens.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def revoke_token(request: HttpRequest, public_id: str) -> HttpResponse:
    """Revoke one of one's tokens: from now on it opens nothing."""
    get_object_or_404(AccessToken, user=person(request.user), public_id=public_id).delete()
    messages.success(request, _("The token was revoked."))
    return redirect("tokens")
