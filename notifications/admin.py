"""The curators' view of the outbox and of notices."""

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
from notifications.models import Email, Notice


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

    list_display = ("subject", "recipient", "state", "attempts", "next_attempt_at", "sent_at", "last_error")
    list_filter = ("state",)
    search_fields = ("subject", "recipient__email")
    date_hierarchy = "created_at"
    actions = ("send_again",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "outbox.manage")

    @admin.action(description=_("Send again what was given up"), permissions=["retry"])
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

    list_display = ("kind", "recipient", "created_at", "read_at", "path")
    list_filter = ("kind",)
    search_fields = ("recipient__email", "dedup_key")
