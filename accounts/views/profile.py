"""Pages of one's own account: who one is, what is on record, and the end of it."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.adapter.invited import keep_language
from accounts.forms import ProfileForm
from accounts.queries import left_without_managers, own_memberships, person, personal_data, tables_of
from core.refusals import done


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show a person's account with the ways to all its parts; POST changes name and language."""
    user = person(request.user)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(user.language):
            messages.success(request, _("Your changes are kept."))
        return keep_language(redirect("account-profile"), user)
    if form.errors:
        user.refresh_from_db()  # the form has written into it
    context = {"form": form, "memberships": own_memberships(user)}
    return render(request, "account/profile.html", context)


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@never_cache
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """Show what is on record about the person, by table, the newest rows of each."""
    return render(request, "account/my_data.html", {"tables": tables_of(personal_data(person(request.user)))})


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@never_cache
@require_safe
def my_data_file(request: HttpRequest) -> HttpResponse:
    """Give everything on record about the person as a file."""
    response = JsonResponse(personal_data(person(request.user)), json_dumps_params={"indent": 1, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    """Say what deletion means; POST asks for it, or with `keep` takes it back."""
    user = person(request.user)
    if request.method == "POST":
        if "keep" in request.POST:
            services.keep_account(user=user)
            messages.success(request, _("Your account stays."))
            return redirect("account-profile")
        done(request, services.request_deletion, user=user, at=timezone.now())
        return redirect("account-delete")
    context: dict[str, Any] = {"grace": services.GRACE.days, "left": left_without_managers(user)}
    return render(request, "account/delete.html", context)
