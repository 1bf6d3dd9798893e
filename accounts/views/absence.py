"""The page on which one notes one's own absence."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.enums import Role
from accounts.forms import AbsenceForm
from accounts.models import Membership
from accounts.queries import own_memberships, person
from accounts.services import set_absence
from core.refusals import done_in


class Absence(LoginRequiredMixin, View):
    """Say for each of one's roles when one is away and who stands in."""

    def memberships(self) -> QuerySet[Membership]:
        return own_memberships(person(self.request.user)).exclude(role=Role.CURATOR).select_related("deputy")

    def page(self, tried: AbsenceForm | None = None, *, of: int = 0, status: int = 200) -> HttpResponse:
        """Show a form for each role; `tried` is one that was sent in and not accepted."""
        forms = [
            (membership, tried if tried and membership.pk == of else AbsenceForm(membership=membership))
            for membership in self.memberships()
        ]
        return TemplateResponse(self.request, "account/absence.html", {"forms": forms}, status=status)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        key = request.POST.get("membership")
        membership = next((own for own in self.memberships() if str(own.pk) == key), None)
        if membership is None:
            raise Http404
        form = AbsenceForm(request.POST, membership=membership)
        by = person(request.user)
        if form.is_valid() and done_in(form, set_absence, membership=membership, by=by, **form.cleaned_data):
            messages.success(request, _("Your absence is noted."))
            return redirect("absence")
        return self.page(form, of=membership.pk, status=400)
