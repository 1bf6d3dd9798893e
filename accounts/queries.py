"""Reads of people by role."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.enums import Role
from accounts.models import Membership, User
from accounts.rules import PERMISSIONS


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


def curators() -> QuerySet[User]:
    """Return the active people who curate, wherever they work."""
    held = Membership.objects.filter(role=Role.CURATOR)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")


def person(user: User | AnonymousUser) -> User:
    """Return the reader as a person. Raises PermissionDenied for a visitor."""
    if not isinstance(user, User):
        raise PermissionDenied
    return user
