"""Versions of the weights: what was learned, what it rests on, and the way back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.errors import DomainError
from matching.admin.base import ReadOnlyAdmin, curator
from matching.models import WeightsVersion
from matching.services.learning import roll_back


@admin.register(WeightsVersion)
class WeightsVersionAdmin(ReadOnlyAdmin):
    """Every version of the weights, the newest first."""

    list_display = ("created_at", "withdrawn_at", "weights_in_words", "learned_from")
    ordering = ("-pk",)
    fields = readonly_fields = ("created_at", "withdrawn_at", "weights_in_words", "calibration_text", "report_text")
    change_list_template = "admin/matching/weights.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return list(self.fields)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        take_back = self.admin_site.admin_view(require_POST(self.take_back))
        return [path("take-back/", take_back, name="matching_take_back"), *super().get_urls()]

    def take_back(self, request: HttpRequest) -> HttpResponse:
        """Take the version in force back."""
        curator(request)
        try:
            version = roll_back(at=timezone.now())
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            text = gettext("In force now: %(version)s.") % {"version": version or gettext("the shipped weights")}
            self.message_user(request, text)
        return HttpResponseRedirect(reverse("admin:matching_weightsversion_changelist"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {**(extra_context or {}), "in_force": WeightsVersion.objects.in_force()}
        )

    @admin.display(description=_("weights"))
    def weights_in_words(self, version: WeightsVersion) -> str:
        return ", ".join(f"{feature} {weight:.3f}" for feature, weight in version.weights.items())

    @admin.display(description=_("learned from decisions"))
    def learned_from(self, version: WeightsVersion) -> str:
        return str(version.calibration.get("decisions", "–"))

    @admin.display(description=_("calibration"))
    def calibration_text(self, version: WeightsVersion) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(version.calibration, indent=2))

    @admin.display(description=_("report"))
    def report_text(self, version: WeightsVersion) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(version.report, indent=2))
