"""Reads of people by role, and of the teams of organisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import CASCADE, DateField, ManyToOneRel, Max, Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import AccessToken, Invitation, Membership, Organisation, User
from accounts.rules import GIVES, PERMISSIONS


def people_of(organisation_id: int, role: Role) -> QuerySet[User]:
    """Return the active people who have a role in an organisation: those to tell, each once."""
    held = User.objects.filter(memberships__organisation_id=organisation_id, memberships__role=role)
    return held.filter(is_active=True).order_by("pk")


def speakers_of(organisation_id: int, permission: str, *, on: date) -> QuerySet[User]:
    """Return the active people who hold a permission in an organisation that day, deputies of the absent included."""
    held = Membership.objects.filter(organisation_id=organisation_id, role__in=PERMISSIONS[permission])
    away = held.filter(away_from__lte=on, away_until__gte=on)
    people = Q(pk__in=held.values("user")) | Q(pk__in=away.values("deputy"))
    return User.objects.filter(people, is_active=True).order_by("pk")


def colleagues_of(membership: Membership) -> QuerySet[User]:
    """Return who could stand in for a member: active colleagues of the organisation; nobody for a curator."""
    there = Membership.objects.filter(organisation_id=membership.organisation_id)
    found = User.objects.filter(pk__in=there.values("user"), is_active=True).exclude(pk=membership.user_id)
    return found.none() if membership.role == Role.CURATOR else found.order_by("name", "pk")


def roles_given_by(user: User, organisation: Organisation) -> frozenset[Role]:
    """Return the roles that a person may give to people of an organisation, and take from them."""
    if not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(Role)
    own = Membership.objects.filter(user=user, organisation=organisation)
    held = {Role(role) for role in own.values_list("role", flat=True)} | ({Role.CURATOR} if user.is_curator else set())
    return frozenset(given for role in held for given in GIVES[role])


def managers_of(organisation: Organisation) -> QuerySet[Membership]:
    """Return the memberships of active people by which they may bring in others."""
    held = Membership.objects.filter(organisation=organisation, user__is_active=True)
    return held.filter(role__in=PERMISSIONS["members.manage"] - {Role.CURATOR})


def left_without_managers(user: User) -> list[Organisation]:
    """Return the organisations in which nobody but curators could bring in people once a person were gone."""
    managing = Membership.objects.filter(role__in=PERMISSIONS["members.manage"] - {Role.CURATOR})
    others = managing.filter(user__is_active=True).exclude(user=user)
    own = Organisation.objects.filter(pk__in=managing.filter(user=user).values("organisation"))
    return list(own.exclude(pk__in=others.values("organisation")).order_by("name", "pk"))


def team_of(organisation: Organisation) -> QuerySet[Membership]:
    """Return the memberships of an organisation by the people's names."""
    held = Membership.objects.filter(organisation=organisation).select_related("user", "organisation", "deputy")
    return held.order_by("user__name", "user__email", "pk")


def invitations_of(organisation: Organisation) -> QuerySet[Invitation]:
    """Return the invitations of an organisation that nobody accepted yet, the newest first."""
    waiting = Invitation.objects.waiting().filter(organisation=organisation)
    return waiting.select_related("organisation", "invited_by").order_by("-sent_at", "-pk")


def open_invitations_to(email: str, *, at: datetime) -> QuerySet[Invitation]:
    """Return the invitations that whoever has an address can accept now, the oldest first."""
    return Invitation.objects.waiting().filter(email=email.lower(), expires_at__gte=at).order_by("pk")


def curators() -> QuerySet[User]:
    """Return the active people who curate, wherever they work."""
    held = Membership.objects.filter(role=Role.CURATOR)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")


def person(user: User | AnonymousUser) -> User:
    """Return the reader as a person. Raises PermissionDenied for a visitor."""
    if not isinstance(user, User):
        raise PermissionDenied
    return user


def organisations_changed_at() -> datetime | None:
    """Return when any organisation was last added, changed or removed."""
    return _last(Organisation)


def changes_of_roles(user: User | AnonymousUser, *, on: date) -> list[datetime | None]:
    """Return when what a person may see may last have changed by roles; no moment for visitors.

    A deputy's roles come and go at midnight, so that each day counts as a change for one.
    """
    if not isinstance(user, User):
        return []
    deputises = Membership.objects.filter(deputy=user, away_from__lte=on).exists()
    midnight = timezone.make_aware(datetime.combine(on, time())) if deputises else None
    return [_last(Membership), _last(User, id=user.pk), midnight]


def changes_of_tokens(user: User) -> list[datetime | None]:
    """Return when a person's tokens were last made or revoked, and used."""
    used = AccessToken.objects.filter(user=user).aggregate(last=Max("used_at"))["last"]
    return [_last(AccessToken, user=user), used]


def _last(model: type[Organisation | Membership | User | AccessToken], **of: Any) -> datetime | None:
    changed: datetime | None = model.history.filter(**of).aggregate(last=Max("history_date"))["last"]
    return changed


SECRETS = frozenset({"password", "digest", "token_key", "token", "token_secret", "secret", "data"})
"""Fields that are kept from downloads: who has them could act as the person. A row may add `hidden_fields`."""
OWN_WORDS = frozenset({"note", "text", "reason"})
"""What a person wrote when acting; the rows acted on belong to organisations and are left out."""


def relations_of_people() -> list[ManyToOneRel]:
    """Return every relation that leads from another table to people, whatever app declares it."""
    return [field for field in User._meta.get_fields(include_hidden=True) if isinstance(field, ManyToOneRel)]


def personal_data(user: User) -> dict[str, list[dict[str, Any]]]:
    """Return everything on record about a person by table: own rows whole, of acts when and in which words.

    One query a table, whatever the number of rows; secrets are left out.
    """
    found: dict[str, list[dict[str, Any]]] = {"accounts.user": [_plain(user, own=True)]}
    for relation in relations_of_people():
        model = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: user}).order_by("pk")
        plain = [_plain(row, own=relation.on_delete is CASCADE) for row in rows]
        if plain:
            found.setdefault(model._meta.label_lower, []).extend(plain)
    return found


def _plain(row: Model, *, own: bool) -> dict[str, Any]:
    """Return a row's columns by name, those that say too much left out."""
    hidden = SECRETS.union(getattr(row, "hidden_fields", ()))
    return {
        field.attname: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.name not in hidden
        and (own or field.primary_key or isinstance(field, DateField) or field.name in OWN_WORDS)
    }


SHOWN = 20
"""How many rows of a table one's data page shows; the file has all."""


def tables_of(data: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return the same for readers: each table's name in their language, its count, its newest rows with field names.

    Columns that have no name in any language keep the books of the software; the file has them.
    """
    found = []
    for label, rows in data.items():
        model = apps.get_model(label)
        names = {
            field.attname: field.verbose_name
            for field in model._meta.concrete_fields
            if isinstance(field.verbose_name, Promise)
        }
        newest = [
            [(names[name], value) for name, value in row.items() if name in names and value not in (None, "")]
            for row in rows
        ]
        found.append({"name": _called(model), "count": len(rows), "rows": newest[::-1][:SHOWN]})
    return found


def _called(model: type[Model]) -> str:
    """Return what a table is called; of past versions it says so."""
    if source := getattr(model, "instance_type", None):
        return f"{source._meta.verbose_name_plural} ({_('history')})"
    return str(model._meta.verbose_name_plural)


def own_memberships(user: User) -> QuerySet[Membership]:
    """Return a person's own memberships by organisation."""
    held = Membership.objects.filter(user=user).select_related("organisation")
    return held.order_by("organisation__name", "role", "pk")
