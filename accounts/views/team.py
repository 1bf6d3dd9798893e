"""An organisation's page for its members: what it says of itself, who belongs to it, who is invited."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.enums import Role
from accounts.forms import HandOverForm, InvitationForm, OrganisationForm, RoleForm
from accounts.models import Membership, Organisation
from accounts.queries import invitations_of, person, roles_given_by, team_of
from accounts.rules import may
from core.refusals import done, done_in

PAGE_SIZE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an organisation to its members; POST invites somebody."""
    user, organisation = person(request.user), _organisation(request, slug)
    gives = roles_given_by(user, organisation)
    form = InvitationForm(request.POST or None, roles=gives, initial={"language": user.language}) if gives else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid() and done_in(
            form, services.invite, organisation=organisation, by=user, at=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The invitation is on its way."))
            return redirect("team", slug=slug)
    context = {
        "organisation": organisation,
        "page": Paginator(team_of(organisation), PAGE_SIZE).get_page(request.GET.get("page")),
        "invited": Paginator(invitations_of(organisation), PAGE_SIZE).get_page(request.GET.get("invited")),
        "form": form,
        "gives": gives,
        "now": timezone.now(),
        "today": timezone.localdate(),
        "may_describe": may(user, "organisation.describe", organisation),
        "may_manage_webhooks": organisation.pk in user.roles and may(user, "webhook.manage", organisation),
    }
    return render(request, "account/team.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what an organisation says of itself."""
    user, organisation = person(request.user), _organisation(request, slug)
    if not may(user, "organisation.describe", organisation):
        raise Http404
    form = OrganisationForm(request.POST or None, instance=organisation)
    if (
        request.method == "POST"
        and form.is_valid()
        and done_in(form, services.describe_organisation, organisation=organisation, by=user, **form.cleaned_data)
    ):
        messages.success(request, _("Your changes are kept."))
        return redirect("team", slug=slug)
    context = {"organisation": organisation, "form": form}
    return render(request, "account/describe.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show what can be done with a membership; POST does it: `act` is change, remove or hand_over."""
    user, organisation = person(request.user), _organisation(request, slug)
    found = get_object_or_404(team_of(organisation), pk=pk)
    gives, own = roles_given_by(user, organisation), found.user_id == user.pk
    manages = Role(found.role) in gives
    if not (manages or (own and found.role != Role.CURATOR)):
        raise Http404
    act = request.POST.get("act", "")
    role_form = RoleForm(request.POST if act == "change" else None, roles=gives - {found.role}) if manages else None
    hand_form = (
        HandOverForm(request.POST if act == "hand_over" else None, membership=found) if manages and own else None
    )
    if request.method == "POST" and _acted(request, act, found, role_form, hand_form):
        return redirect("account-profile") if own else redirect("team", slug=slug)
    context = {"organisation": organisation, "membership": found, "role_form": role_form, "hand_form": hand_form}
    return render(request, "account/member.html", context | {"own": own})


def _acted(
    request: HttpRequest, act: str, found: Membership, role_form: RoleForm | None, hand_form: HandOverForm | None
) -> bool:
    """Do what was asked and tell whether it was done; what was refused is said at the form or on top."""
    user, at = person(request.user), timezone.now()
    if act == "change" and role_form and role_form.is_valid():
        acted = done_in(role_form, services.change_role, membership=found, by=user, at=at, **role_form.cleaned_data)
    elif act == "hand_over" and hand_form and hand_form.is_valid():
        acted = done_in(hand_form, services.hand_over, membership=found, by=user, at=at, **hand_form.cleaned_data)
    elif act == "remove":
        acted = done(request, services.remove_member, membership=found, by=user)
    else:
        return False
    if acted:
        messages.success(request, _("Your changes are kept."))
    return acted


@login_required
@require_POST
def invited(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Send an invitation again, or with `revoke` take it back."""
    user, organisation = person(request.user), _organisation(request, slug)
    found = get_object_or_404(invitations_of(organisation), public_id=public_id)
    act, said = services.send_again, _("The invitation is on its way.")
    if "revoke" in request.POST:
        act, said = services.revoke, _("The invitation is taken back.")
    if done(request, act, invitation=found, by=user, at=timezone.now()):
        messages.success(request, said)
    return redirect("team", slug=slug)


def _organisation(request: HttpRequest, slug: str) -> Organisation:
    """Return an organisation whose members the reader may see; anything else is not found."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)
    if not may(request.user, "members.view", organisation):
        raise Http404
    return organisation
