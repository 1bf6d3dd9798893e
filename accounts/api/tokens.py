"""A person's access tokens: made and revoked when logged in, shown once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from accounts.models import TOKEN_DAYS_MAX, AccessToken
from accounts.queries import changes_of_tokens, person
from accounts.services.tokens import make_token
from core.pagination import PublicPagination
from core.parsing import Closed, TextField, WholeNumberField
from core.preconditions import DatedListMixin
from core.schema import sent_as


class LoggedInByHand(BasePermission):
    """Refuse tokens: what widens access is done by the person."""

    message = _("Log in to do this; a token cannot.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user and request.user.is_authenticated and request.auth is None)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    """How the schema names the scheme."""

    target_class = "accounts.adapter.bearer.BearerToken"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


@sent_as({"name": "harvester", "scopes": ["read"], "days": 90})
class TokenSerializer(Closed, serializers.ModelSerializer[AccessToken]):
    """An access token, without its secret."""

    id = serializers.CharField(source="public_id", read_only=True)
    name = TextField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices), allow_empty=False, min_length=1, max_length=3
    )
    begins_with = serializers.CharField(source="token_key", read_only=True, help_text="Its first characters.")
    days = WholeNumberField(write_only=True, min_value=1, max_value=TOKEN_DAYS_MAX, help_text="How long it is good.")

    class Meta:
        model = AccessToken
        fields: tuple[str, ...] = ("id", "name", "scopes", "days", "begins_with", "created", "expiry", "used_at")
        read_only_fields = ("created", "expiry", "used_at")


class NewTokenSerializer(TokenSerializer):
    """A token just made; its secret is shown this once."""

    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")


class TokenPagination(PublicPagination):
    """The newest token first."""

    ordering = ("-created", "-pk")  # type: ignore[assignment]  # the base class takes both


class TokenViewSet(
    DatedListMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[AccessToken],
):
    """One's own access tokens."""

    queryset = AccessToken.objects.none()
    serializer_class = TokenSerializer
    pagination_class = TokenPagination
    permission_classes = (LoggedInByHand,)
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[0-9a-z]{12}"

    def get_queryset(self) -> QuerySet[AccessToken]:
        found: QuerySet[AccessToken] = AccessToken.objects.filter(user=self.request.user)
        return found

    def changes(self) -> Iterable[datetime | None]:
        """Return when one's tokens were last made, used or revoked."""
        return changes_of_tokens(person(self.request.user))

    @extend_schema(request=TokenSerializer, responses={201: NewTokenSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a token; its secret is in this answer and nowhere else."""
        asked = TokenSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        chosen = asked.validated_data
        token, secret = make_token(by=person(request.user), **chosen)
        return Response({**TokenSerializer(token).data, "token": secret}, status=201)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Revoke a token: from now on it opens nothing."""
        return super().destroy(request, *args, **kwargs)
