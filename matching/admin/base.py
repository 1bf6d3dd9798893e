"""What all lists of the desk have in common: rows that only services write, and pages without a count of everything."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

from accounts.models import User
from accounts.rules import may

COUNTED = 5_000
"""Rows a list counts up to: pages beyond are reached by filters, not by turning them."""


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Count no further than anybody turns pages, so that a list costs the same however many rows there are."""

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Model]", self.object_list)
        return rows.order_by()[:COUNTED].count()

    def _get_page(self, object_list: Any, number: int, paginator: Any) -> Any:
        """Find the rows of a page by their keys first: where no index has their order, only keys are sorted."""
        keys = list(object_list.values_list("pk", flat=True))
        whole = cast("QuerySet[Model]", self.object_list).filter(pk__in=keys)
        return super()._get_page(whole, number, paginator)  # type: ignore[misc]  # not in the stubs


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Show rows that only services write."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    paginator = BoundedPaginator

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [field.name for field in self.model._meta.fields if field.name not in (self.exclude or ())]

    def page(self, request: HttpRequest, template: str, *, title: Any, **context: Any) -> TemplateResponse:
        """Render a page of the desk, for those who curate."""
        if not may(request.user, "match.curate"):
            raise PermissionDenied
        known = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, f"admin/matching/{template}.html", {**known, **context})


def curator(request: HttpRequest) -> User:
    """Return who is at the desk. Raises PermissionDenied."""
    if not may(request.user, "match.curate"):
        raise PermissionDenied
    return cast(User, request.user)


def numbers(values: list[str]) -> list[int]:
    """Return the keys among the values of an address, each once, in order; what is no number is passed over."""
    return list(
        dict.fromkeys(int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19)
    )
