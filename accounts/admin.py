"""The curators' desk for people and organisations; permissions come from accounts.rules."""

from __future__ import annotations

from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin  # noqa: F401  # registered first, so that they can be unregistered here
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Field, QuerySet, URLField
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.enums import Role
from accounts.forms import PersonAddForm, PersonChangeForm
from accounts.models import Membership, Organisation, User
from accounts.rules import may
from core.history import HistoryAdmin
from core.refusals import done

_let_in, _one_login = admin.site.has_permission, secure_admin_login(admin.site.login)


def _protected_enough(request: HttpRequest) -> bool:
    """Let curators and operators in; where the site demands it, only with a second factor."""
    return _let_in(request) and (not settings.MFA_REQUIRED_FOR_ADMIN or is_mfa_enabled(request.user))


def _log_in(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Lead to the one log-in for everybody, whose limits and second factor hold here too, or to setting one up."""
    if request.user.is_authenticated and _let_in(request) and not _protected_enough(request):
        messages.warning(request, _("Curation needs a log-in with two steps. Set it up here first."))
        return redirect("mfa_index")
    response: HttpResponse = _one_login(request, extra_context)
    return response


admin.site.has_permission = _protected_enough  # type: ignore[method-assign]  # one site, no subclass needed
admin.site.login = _log_in  # type: ignore[method-assign]  # how allauth documents it
# Keys, tokens and addresses are their owners' business, and the provider of single sign-on comes from the settings.
for _model in (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(_model)
# Permissions come from roles; groups would be a second, silent source of them.
admin.site.unregister(Group)


class RoleFilter(admin.SimpleListFilter):
    """Keep the people who have a role in any organisation."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return Role.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() not in Role.values:
            return queryset
        return queryset.filter(pk__in=Membership.objects.filter(role=self.value()).values("user_id"))


@admin.register(User)
class PersonAdmin(HistoryAdmin, UserAdmin):  # type: ignore[type-arg]  # not generic at run time
    """People; only operators change operators and curators, who could otherwise be impersonated."""

    form = PersonChangeForm
    add_form = PersonAddForm
    list_display = ("email", "name", "roles_held", "language", "is_active", "last_login")
    list_filter = (RoleFilter, "is_active", "language")
    search_fields = ("email", "name")
    ordering = ("email", "pk")
    filter_horizontal = ()
    actions = ("remove_second_step",)
    readonly_fields = ("last_login", "created_at", "roles_held")
    fieldsets = (
        (None, {"fields": ("email", "name", "language", "password")}),
        (_("Access"), {"fields": ("is_active", "is_superuser", "roles_held")}),
        (_("Dates"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": ("email", "name", "language"),
                "description": _("The person sets a first password through “Forgotten your password?”."),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("memberships__organisation")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Hide the password line from those who may not change it, and the operator switch from all but operators."""
        hidden = set() if self.has_change_permission(request, obj) else {"password"}
        if not request.user.is_superuser:
            hidden.add("is_superuser")
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name not in hidden]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return request.user.is_superuser or obj is None or not obj.is_curator

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Forget the address that a new one replaces: it must not open the account, nor be taken for anybody else."""
        super().save_model(request, obj, form, change)
        EmailAddress.objects.filter(user=obj).exclude(email=obj.email).delete()

    def has_edit_people_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "user.edit")

    @admin.action(description=_("Switch off the lost second step of the selected people"), permissions=["edit_people"])
    def remove_second_step(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            if done(request, services.remove_second_step, user=person, by=request.user):
                messages.success(request, _("%(person)s logs in without a second step.") % {"person": person})

    @admin.display(description=_("roles"))
    def roles_held(self, person: User) -> str:
        held = sorted((str(one.organisation), str(one.get_role_display())) for one in person.memberships.all())
        return "; ".join(f"{role}, {organisation}" for organisation, role in held)


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]  # not generic at run time
    """Members of an organisation: added and removed, never changed into someone else."""

    model = Membership
    extra = 1
    autocomplete_fields = ("user",)
    fields = ("user", "role")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "organisation").order_by("role", "pk")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_choice_field(self, db_field: Field[Any, Any], request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "role" and not may(request.user, "members.make_curator"):
            offered = [(value, label) for value, label in Role.choices if value != Role.CURATOR]
            options["choices"] = [("", "---------"), *offered]
        return super().formfield_for_choice_field(db_field, request, **options)


@admin.register(Organisation)
class OrganisationAdmin(HistoryAdmin):
    """Organisations and their members; verification is an act of its own."""

    list_display = ("name", "type", "country", "verified_at", "verified_by")
    list_select_related = ("country", "verified_by")
    list_filter = ("type", ("verified_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug")
    ordering = ("name", "pk")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("public_id", "verified_at", "verified_by")
    fields = ("name", "slug", "type", "country", "website", "public_id", "verified_at", "verified_by")
    inlines = (MembershipInline,)
    actions = ("verify",)
    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def has_verify_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "organisation.verify")

    @admin.action(description=_("Verify the selected organisations"), permissions=["verify"])
    def verify(self, request: HttpRequest, queryset: QuerySet[Organisation]) -> None:
        for organisation in queryset:
            if done(
                request, services.verify_organisation, organisation=organisation, by=request.user, at=timezone.now()
            ):
                text = _("%(organisation)s is verified.") % {"organisation": organisation}
                messages.success(request, text)

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm[Organisation],
        formset: BaseInlineFormSet[Any, Any, Any],
        change: bool,
    ) -> None:
        """Add and remove members through the services; what they refuse is said and not done."""
        formset.save(commit=False)
        formset.new_objects = [
            new
            for new in formset.new_objects
            if done(
                request,
                services.add_member,
                user=new.user,
                organisation=form.instance,
                role=Role(new.role),
                by=request.user,
                at=timezone.now(),
            )
        ]
        formset.deleted_objects = [
            old
            for old in formset.deleted_objects
            if done(request, services.remove_member, membership=old, by=request.user)
        ]
