"""Reference data to look up: the files of fixtures/taxonomy decide, so nothing is changed here."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.readonly import ReadOnly
from taxonomy.models import (
    Country,
    CountryGroup,
    CountryGroupMembership,
    Goal,
    Language,
    Modality,
    Region,
    Sector,
    Target,
)
from taxonomy.rules import FALLBACK


class ReferenceAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display: tuple[str, ...] = ("code", "name")
    search_fields = ("pk",)
    ordering: ClassVar[tuple[str, ...]] = ("pk",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search codes and names, in the reader's language and in English; most names are not in the database."""
        term = search_term.casefold()
        found = [
            item.pk
            for item in queryset
            if any(term in text.casefold() for text in (str(item.pk), item.name, item.name_in(FALLBACK)))
        ]
        return queryset.filter(pk__in=found), False


class MembershipInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    model = CountryGroupMembership
    fields = ("group", "country", "since", "until")
    extra = 0
    ordering = ("group_id", "country_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("group", "country")


@admin.register(Goal)
class GoalAdmin(ReferenceAdmin):
    list_display = ("number", "name", "colour")


@admin.register(Target)
class TargetAdmin(ReferenceAdmin):
    list_display = ("code", "name", "goal")
    list_filter = ("goal",)
    ordering = ("goal_id", "position")
    list_select_related = ("goal",)


@admin.register(Region)
class RegionAdmin(ReferenceAdmin):
    list_display = ("code", "name", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)


@admin.register(Country)
class CountryAdmin(ReferenceAdmin):
    list_display = ("code", "name", "alpha2", "m49", "region", "un_member")
    list_filter = ("un_member", "memberships__group", "region")
    list_select_related = ("region",)
    inlines = (MembershipInline,)


@admin.register(CountryGroup)
class CountryGroupAdmin(ReferenceAdmin):
    list_display = ("code", "name", "source")
    inlines = (MembershipInline,)


@admin.register(Sector)
class SectorAdmin(ReferenceAdmin):
    list_display = ("code", "name", "dac_code")
    ordering = ("dac_code", "pk")


@admin.register(Modality, Language)
class CodeAdmin(ReferenceAdmin):
    pass
