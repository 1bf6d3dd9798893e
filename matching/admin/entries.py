"""Entries of any kind, to look up when a match is made by hand; they are changed at the desk of the catalogue."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from matching.admin.base import ReadOnlyAdmin
from solutions.models import Entry


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Solutions, offers and demands in one list."""

    list_display = ("title", "kind", "state", "organisation", "country", "language")
    list_select_related = ("organisation", "country", "language")
    search_fields = ("title", "public_id")
    exclude = ("ranking_due_at",)
    ordering = ("title", "pk")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Keep the list out of the menus: there is one for each kind."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        """Offer published solutions and offers where a supply is looked up."""
        found, repeats = super().get_search_results(request, queryset, search_term)
        if request.GET.get("field_name") == "supply":
            found = found.filter(pk__in=Entry.objects.live().supplies().values("pk"))
        return found, repeats
