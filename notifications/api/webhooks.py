"""The webhooks of one's organisations, kept by machine: what the pages do, by the same verbs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import permissions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organisation
from accounts.queries import changes_of_roles, organisations_changed_at, person
from core.idempotency import PARAMETER as IDEMPOTENCY_KEY
from core.idempotency import once
from core.pagination import PublicPagination
from core.parsing import Closed, TextField
from core.preconditions import DatedListMixin, expected_version, versioned
from core.schema import IF_MATCH
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.models.webhooks import URL_MAX
from notifications.queries import changes_of_log, managed_organisations, webhooks_changed_at, webhooks_of
from notifications.services import webhooks

KINDS_MAX = 100
MESSAGE = "msg_[-0-9A-Za-z_]{32}"
EXAMPLE = {
    "id": "7h2kq9x4m3pz",
    "organisation": "ministry-of-agriculture",
    "url": "https://systems.example.org/hook",
    "kinds": ["matching.new_matches"],
    "created_at": "2026-11-02T09:00:00Z",
}


class WebhookSerializer(Closed, serializers.ModelSerializer[WebhookEndpoint]):
    """Where an organisation is told by machine; without kinds, of everything that concerns it."""

    id = serializers.CharField(source="public_id", read_only=True)
    organisation = serializers.CharField(source="organisation.slug", read_only=True)
    url = TextField(max_length=URL_MAX)
    kinds = serializers.ListField(child=TextField(max_length=50), max_length=KINDS_MAX, required=False)

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = ("id", "organisation", "url", "kinds", "created_at")
        read_only_fields = ("created_at",)


class NewWebhookSerializer(WebhookSerializer):
    """A webhook to be added; the organisation by its slug."""

    organisation = serializers.SlugField(max_length=80, trim_whitespace=False)


class AddedWebhookSerializer(WebhookSerializer):
    """A webhook just added; the secret that signs its messages is shown this once."""

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")


class SecretSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """A new secret, shown this once."""

    class Meta:
        model = WebhookEndpoint
        fields = ("secret",)
        read_only_fields = fields


class DeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """A message, and what became of it."""

    class Meta:
        model = WebhookDelivery
        fields = (
            "message_id", "kind", "state", "attempts", "created_at", "next_attempt_at", "sent_at", "status_code",
            "last_error",
        )  # fmt: skip
        read_only_fields = fields


class WebhookViewSet(DatedListMixin, viewsets.GenericViewSet[WebhookEndpoint]):
    """The webhooks of the organisations whose webhooks one manages."""

    queryset = WebhookEndpoint.objects.none()
    serializer_class = WebhookSerializer
    pagination_class = PublicPagination
    permission_classes = (permissions.IsAuthenticated,)
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[0-9a-z]{12}"
    dated_actions = ("list", "deliveries")

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        found = webhooks_of(managed_organisations(person(self.request.user)))
        # The log of one that is gone can still be read.
        return found if self.action in ("deliveries", "retry") else found.filter(off_at__isnull=True)

    def changes(self) -> Iterable[datetime | None]:
        """Return when one's webhooks, or the messages to one of them, last changed, and who may see which."""
        user = person(self.request.user)
        if self.action == "deliveries":
            return changes_of_log(self.kwargs["id"], at=timezone.now())
        own = [webhooks_changed_at(managed_organisations(user)), organisations_changed_at()]
        return [*own, *changes_of_roles(user, on=timezone.localdate())]

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the webhooks of one's organisations, the newest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(WebhookSerializer(page, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give one webhook, without its secret."""
        return self._shown(self.get_object())

    @extend_schema(
        request=NewWebhookSerializer,
        responses={201: AddedWebhookSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[
            OpenApiExample(
                "Of new matches only",
                {name: EXAMPLE[name] for name in ("organisation", "url", "kinds")},
                request_only=True,
            ),
            OpenApiExample("Added", {**EXAMPLE, "secret": "whsec_..."}, response_only=True, status_codes=["201"]),
        ],
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a webhook; the secret in this answer is shown nowhere else."""
        at = timezone.now()

        def answer() -> Response:
            asked = NewWebhookSerializer(data=request.data)
            asked.is_valid(raise_exception=True)
            added = webhooks.add_webhook(
                organisation=self._organisation(asked.validated_data["organisation"]),
                url=asked.validated_data["url"],
                kinds=asked.validated_data.get("kinds", ()),
                by=person(request.user),
                at=at,
            )
            location = reverse("api-webhook-detail", args=[added.public_id])
            data = AddedWebhookSerializer(added).data
            return versioned(data, version=added.version, status=201, Location=location)

        return once(request, answer, at=at)

    @extend_schema(
        request=WebhookSerializer,
        parameters=[IF_MATCH],
        examples=[OpenApiExample("Of everything", {"kinds": []}, request_only=True)],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the address or the kinds. If-Match names what was read."""
        endpoint = self.get_object()
        version = expected_version(request, current=endpoint.version)
        asked = WebhookSerializer(endpoint, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        chosen = {"url": endpoint.url, "kinds": endpoint.kinds, **asked.validated_data}
        webhooks.change_webhook(
            endpoint=endpoint, **chosen, version=version, by=person(request.user), at=timezone.now()
        )
        return self._shown(endpoint)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send nothing more there. What was sent stays in the log."""
        webhooks.switch_webhook_off(endpoint=self.get_object(), by=person(request.user), at=timezone.now())
        return Response(status=204)

    @extend_schema(request=None, responses={202: WebhookSerializer})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send a message that says no more than that it arrives; the log tells what became of it."""
        endpoint = self.get_object()
        webhooks.send_test(endpoint=endpoint, by=person(request.user), at=timezone.now())
        return Response(WebhookSerializer(endpoint).data, status=202)

    @extend_schema(request=None, responses=SecretSerializer)
    @action(detail=True, methods=["post"])
    def secret(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a new secret; the old one signs nothing more."""
        endpoint = self.get_object()
        webhooks.renew_secret(endpoint=endpoint, by=person(request.user))
        return Response(SecretSerializer(endpoint).data)

    @extend_schema(responses=DeliverySerializer(many=True))
    @action(detail=True)
    def deliveries(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what was sent to a webhook and what became of it, the newest first."""
        page: Any = self.paginate_queryset(self.get_object().deliveries.all())  # type: ignore[arg-type]  # of its log
        return self.get_paginated_response(DeliverySerializer(page, many=True).data)

    @extend_schema(
        request=None,
        responses={202: DeliverySerializer},
        parameters=[OpenApiParameter("message_id", {"type": "string", "pattern": f"^{MESSAGE}$"}, "path")],
    )
    @action(detail=True, methods=["post"], url_path=f"deliveries/(?P<message_id>{MESSAGE})/retry")
    def retry(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send a message again that was given up or put off."""
        found = self.get_object().deliveries.select_related("endpoint__organisation")
        delivery = get_object_or_404(found, message_id=kwargs["message_id"])
        webhooks.retry_webhook(delivery=delivery, by=person(request.user), at=timezone.now())
        delivery.refresh_from_db()
        return Response(DeliverySerializer(delivery).data, status=202)

    def _organisation(self, slug: str) -> Organisation:
        for organisation in managed_organisations(person(self.request.user)):
            if organisation.slug == slug:
                return organisation
        message = _("You do not manage the webhooks of this organisation.")
        raise webhooks.WebhookRefusedError(message, field="organisation")

    def _shown(self, endpoint: WebhookEndpoint) -> Response:
        return versioned(WebhookSerializer(endpoint).data, version=endpoint.version)
