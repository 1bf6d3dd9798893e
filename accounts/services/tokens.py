"""Access tokens: made by the person, for a machine, and shown once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from accounts.enums import Scope
from accounts.models import AccessToken, User


def make_token(*, by: User, name: str, scopes: Iterable[Scope | str], days: int) -> tuple[AccessToken, str]:
    """Make a token of a person's own, good for so many days; return it and its secret, which is kept nowhere."""
    kept = sorted({str(Scope(scope)) for scope in scopes})
    token, secret = AccessToken.objects.create(by, expiry=timedelta(days=days), name=name, scopes=kept)
    return token, secret
