"""What lists of the API can be narrowed by beyond what pages offer."""

from __future__ import annotations

from typing import Any

from django_filters import IsoDateTimeFilter, MultipleChoiceFilter

from solutions.enums import EntryState, Visibility
from solutions.filters import EntryFilter
from solutions.models import Entry, EntryQuerySet


class EntryApiFilter(EntryFilter):
    """The filters of the pages, and state, level of visibility and times."""

    state = MultipleChoiceFilter(
        choices=EntryState.choices, help_text="Published and stale unless given; others are one's own.", method="as_is"
    )
    visibility = MultipleChoiceFilter(
        choices=Visibility.choices, help_text="Of what one may read whole.", method="readable_at"
    )
    published_after = IsoDateTimeFilter(field_name="published_at", lookup_expr="gte")
    published_before = IsoDateTimeFilter(field_name="published_at", lookup_expr="lt")
    updated_after = IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")
    updated_before = IsoDateTimeFilter(field_name="updated_at", lookup_expr="lt")

    class Meta:
        model = Entry
        fields = EntryFilter.Meta.fields

    def as_is(self, entries: EntryQuerySet, _name: str, states: list[str]) -> EntryQuerySet:
        """Keep the entries in any of the states."""
        return entries.filter(state__in=states) if states else entries

    def readable_at(self, entries: EntryQuerySet, _name: str, levels: list[str]) -> EntryQuerySet:
        """Keep the entries at any of the levels; one shown in summary does not say its level."""
        if not levels:
            return entries
        user: Any = self.request.user
        return entries.filter(pk__in=Entry.objects.readable_by(user).values("pk"), visibility__in=levels)
