"""Reads of notices."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from notifications.models import Notice


def notices_of(user: User) -> QuerySet[Notice]:
    """Return a person's notices, the newest first."""
    return Notice.objects.filter(recipient=user).order_by("-created_at", "-pk")


def unread(request: HttpRequest) -> dict[str, object]:
    """Give every template `unread_notices`, counted by one query and only where a template asks."""
    user = getattr(request, "user", None)  # an error page may come before anyone was identified
    if not isinstance(user, User):
        return {"unread_notices": 0}
    return {"unread_notices": SimpleLazyObject(lambda: notices_of(user).filter(read_at__isnull=True).count())}
