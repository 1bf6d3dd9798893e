"""The curators' view of the outbox, of notices and of addresses that mail came back from."""

from __future__ import annotations

from typing import cast

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from notifications import services
from notifications.models import Bounce, Email, Notice


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that services write and people only look at."""

    list_select_related = ("recipient",)
    ordering = ("-created_at", "-pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Email)
class EmailAdmin(ReadOnlyAdmin):
    """The outbox."""

    list_display = ("subject", "recipient", "state", "attempts", "sent_at", "why_not_sent")
    list_filter = ("state",)
    search_fields = ("subject", "recipient__email")
    date_hierarchy = "created_at"
    actions = ("send_again",)
    readonly_fields = ("why_not_sent",)

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


@admin.register(Bounce)
class BounceAdmin(ReadOnlyAdmin):
    """Addresses that mail came back from; while one stands, nothing is mailed there."""

    list_display = ("address", "recipient", "bounced_at", "lifted_at", "reason")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    search_fields = ("address",)
    ordering = ("-bounced_at", "-pk")
    actions = ("lift",)

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "outbox.manage")

    @admin.action(description=_("Write to the selected people again"), permissions=["lift"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Bounce]) -> None:
        people = {bounce.recipient_id: bounce.recipient for bounce in queryset.select_related("recipient")}
        lifted = sum(services.lift_bounces(user=person, at=timezone.now()) for person in people.values())
        messages.success(request, _("Lifted: %(count)s.") % {"count": lifted})
