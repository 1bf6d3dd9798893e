"""Who calls: a machine, by an access token within its scopes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS

from accounts.enums import Scope
from accounts.models import AccessToken, User

if TYPE_CHECKING:  # rest_framework.request reads the settings that name this module
    from rest_framework.request import Request

USE_NOTED = timedelta(minutes=5)
"""How exact the time of the last use is: not every call writes."""


class BearerToken(TokenAuthentication):
    """Read `Authorization: Bearer <token>`; whatever is wrong with a token is answered by 401, a wrong scope by 403.

    The scope is held here, so that no view can forget it: the view's `token_scope`, else "read" to read and "write"
    to change.
    """

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        found: tuple[User, AccessToken] | None = super().authenticate(request)
        usual = Scope.READ if request.method in SAFE_METHODS else Scope.WRITE
        needed = getattr(request.parser_context["view"], "token_scope", usual)
        if found and not found[1].allows(needed):
            raise exceptions.PermissionDenied(_("This token is not for such calls; its scopes do not allow it."))
        return found

    def authenticate_credentials(self, token: bytes) -> tuple[User, AccessToken]:
        try:
            token.decode("ascii")
        except UnicodeDecodeError:
            raise exceptions.AuthenticationFailed(_("This token is not valid.")) from None
        user, found = super().authenticate_credentials(token)
        now = timezone.now()
        if found.used_at is None or found.used_at < now - USE_NOTED:
            AccessToken.objects.filter(pk=found.pk).update(used_at=now)
        return user, found
