"""The curators' view of the outbox, of notices, of addresses that mail came back from, and of webhooks."""

from __future__ import annotations

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from core.readonly import ReadOnly
from notifications import services
from notifications.models import Bounce, Email, Notice, WebhookDelivery, WebhookEndpoint


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Rows that services write and people only look at, the newest first: there are many, so the key orders them."""

    list_select_related = ("recipient",)
    show_full_result_count = False
    ordering = ("-pk",)


@admin.register(Email)
class EmailAdmin(ReadOnlyAdmin):
    """The outbox."""

    list_display = ("subject", "recipient", "state", "attempts", "sent_at", "why_not_sent")
    list_filter = ("state",)
    search_fields = ("subject", "recipient__email")
    date_hierarchy = "created_at"
    actions = ("send_again",)
    readonly_fields = ("why_not_sent",)

    def get_exclude(self, request: HttpRequest, obj: Email | None = None) -> tuple[str, ...]:
        """Keep a letter's words from readers."""
        return obj.hidden_fields if obj else ()

    @admin.display(description=_("why it has not gone"))
    def why_not_sent(self, email: Email) -> str:
        return email.why_not_sent(at=timezone.now())

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "outbox.manage")

    @admin.action(description=_("Send again now what was given up or put off"), permissions=["retry"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Email]) -> None:
        for email in queryset:
            try:
                services.retry(email=email, by=cast(User, request.user), at=timezone.now())
            except DomainError as refusal:
                messages.error(request, f"{email}: {refusal}")
            else:
                messages.success(request, _("%(email)s is back in the queue.") % {"email": email})


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Who was told of what."""

    list_display = ("kind", "recipient", "frequency", "created_at", "read_at", "path")
    list_filter = ("kind", "frequency")
    search_fields = ("recipient__email", "dedup_key")
    exclude = ("dedup_key", "context")


@admin.register(Bounce)
class BounceAdmin(ReadOnlyAdmin):
    """Addresses that mail came back from; while one stands, nothing is mailed there."""

    list_display = ("address", "recipient", "bounced_at", "lifted_at", "reason")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    search_fields = ("address",)
    actions = ("lift",)

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "outbox.manage")

    @admin.action(description=_("Write to the selected people again"), permissions=["lift"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Bounce]) -> None:
        people = {bounce.recipient_id: bounce.recipient for bounce in queryset.select_related("recipient")}
        lifted = sum(services.lift_bounces(user=person, at=timezone.now()) for person in people.values())
        messages.success(request, _("Lifted: %(count)s.") % {"count": lifted})


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Where organisations are told by machine; they manage it themselves."""

    list_display = ("url", "organisation", "created_at", "off_at")
    list_select_related = ("organisation",)
    list_filter = (("off_at", admin.EmptyFieldListFilter),)
    search_fields = ("url", "organisation__name")
    fields = ("organisation", "url", "kinds", "created_by", "created_at", "off_at")
    actions = ("switch_off",)

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "webhook.manage")

    @admin.action(description=_("Send nothing more there"), permissions=["switch"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        for endpoint in queryset.select_related("organisation"):
            try:
                services.switch_webhook_off(endpoint=endpoint, by=cast(User, request.user), at=timezone.now())
            except DomainError as refusal:
                messages.error(request, f"{endpoint}: {refusal}")
            else:
                messages.success(request, _("Nothing more is sent to %(url)s.") % {"url": endpoint.url})


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """What was sent to webhooks, and what became of it."""

    list_display = ("kind", "endpoint", "state", "attempts", "status_code", "created_at", "sent_at", "last_error")
    list_select_related = ("endpoint",)
    list_filter = ("state",)
    search_fields = ("message_id", "endpoint__url")
    exclude = ("dedup_key",)
