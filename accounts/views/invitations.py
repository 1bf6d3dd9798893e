"""The page behind the link of an invitation."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms import NewcomerForm
from accounts.models import Invitation, User
from core.errors import DomainError
from core.links import ExpiredLinkError


@sensitive_post_parameters("password1", "password2")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, sealed: str) -> HttpResponse:
    """Let the invited person accept: with their account, or by making one; GET changes nothing."""
    try:
        found = services.invitation_behind(sealed=sealed, at=timezone.now())
        if isinstance(request.user, User):
            return _for_member(request, found, request.user)
        return _for_newcomer(request, found)
    except ExpiredLinkError:
        refusal = _("The time of this invitation is over. Ask whoever invited you to send it again.")
        return render(request, "account/invitation_closed.html", {"refusal": refusal}, status=410)
    except DomainError as error:
        return render(request, "account/invitation_closed.html", {"refusal": error}, status=404)


def _for_member(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    if request.method == "POST":
        membership = services.accept(invitation=found, user=user, at=timezone.now())
        welcome = _("Welcome to %(organisation)s.") % {"organisation": membership.organisation}
        messages.success(request, welcome)
        return redirect("team", slug=membership.organisation.slug)
    return render(request, "account/invitation.html", {"invitation": found, "is_theirs": user.email == found.email})


def _for_newcomer(request: HttpRequest, found: Invitation) -> HttpResponse:
    known = User.objects.filter(email__iexact=found.email).exists()
    form = None if known else NewcomerForm(request.POST or None, invitation=found)
    if request.method == "POST" and form and form.is_valid():
        user = services.accept_as_newcomer(
            invitation=found,
            name=form.cleaned_data["name"],
            language=form.cleaned_data["language"],
            password=form.cleaned_data["password1"],
            at=timezone.now(),
        )
        messages.success(request, _("Welcome to %(organisation)s.") % {"organisation": found.organisation})
        team = reverse("team", args=[found.organisation.slug])
        response: HttpResponse = perform_login(request, user, email=user.email, redirect_url=team)
        return response
    context = {"invitation": found, "form": form}
    return render(request, "account/invitation.html", context)
