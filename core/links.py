"""Sealed links: addresses that carry who may do what, so that their holder needs no log-in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ForgedLinkError(DomainError):
    """The link was not made by this site, or not for this purpose, or was cut on its way."""

    code = "link_forged"


class ExpiredLinkError(DomainError):
    """The link's time is over."""

    code = "link_expired"


def seal(purpose: str, content: list[Any], *, until: datetime) -> str:
    """Return the part of an address that carries plain JSON values, good for one purpose up to a time.

    The same content, purpose and time give the same address. Anybody can read it; nobody can change it.
    """
    return _signer(purpose).sign_object([int(until.timestamp()), *content])


def opened(purpose: str, sealed: str, *, at: datetime) -> list[Any]:
    """Return what was sealed for a purpose. Raises ForgedLinkError, ExpiredLinkError."""
    try:
        content: list[Any] = _signer(purpose).unsign_object(sealed)
    except (BadSignature, ValueError):
        raise ForgedLinkError(
            _("This link is not valid. It may have been cut: copy the whole of it from the e-mail.")
        ) from None
    if at.timestamp() > content[0]:
        raise ExpiredLinkError(_("This link is no longer valid. Log in to do the same on the site."))
    return content[1:]


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"core.links:{purpose}", sep=".")
