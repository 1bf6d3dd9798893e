"""Reads of people by role."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.enums import Role
from accounts.models import User


def people_of(organisation_id: int, role: Role) -> QuerySet[User]:
    """Return the active people who have a role in an organisation: those to tell, each once."""
    held = User.objects.filter(memberships__organisation_id=organisation_id, memberships__role=role)
    return held.filter(is_active=True).order_by("pk")
