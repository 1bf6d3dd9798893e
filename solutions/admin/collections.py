"""Collections at the curators' desk: titles in each language, and the entries in their order."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from solutions.models.collection import Collection, CollectionEntry, CollectionText


class TextInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    """Title and text, in one language at least."""

    model = CollectionText
    autocomplete_fields = ("language",)
    extra = 0
    min_num = 1

    def get_formset(self, request: HttpRequest, obj: Collection | None = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, validate_min=True, **kwargs)


class PlaceInline(admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The entries, in the order of their positions."""

    model = CollectionEntry
    autocomplete_fields = ("entry",)
    extra = 1
    ordering = ("position", "pk")


@admin.register(Collection)
class CollectionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Collections, the newest first."""

    list_display = ("slug", "is_published", "created_at")
    list_filter = ("is_published",)
    search_fields = ("slug", "texts__title")
    ordering = ("-created_at", "-pk")
    inlines = (TextInline, PlaceInline)
