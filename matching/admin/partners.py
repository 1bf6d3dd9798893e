"""Partners at the desk: how often each asks, and the profiles that they asked to keep."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from matching.admin.base import ReadOnlyAdmin
from matching.models import KeptProfile, PartnerUse


class PartnerAdmin(ReadOnlyAdmin):
    """Rows of partners, which nobody changes."""

    search_fields = ("name",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(PartnerUse)
class PartnerUseAdmin(PartnerAdmin):
    """What each partner asked on each day, and what came of it."""

    list_display = ("day", "name", "user", "calls", "refused", "results", "kept")
    list_filter = ("day",)
    list_select_related = ("user",)
    ordering = ("-day", "-pk")


@admin.register(KeptProfile)
class KeptProfileAdmin(PartnerAdmin):
    """Each profile that a partner asked to keep: the entry, and the consent as it was given."""

    list_display = ("entry", "name", "reference", "user", "at")
    list_select_related = ("user", "entry")
    ordering = ("-pk",)
