"""What lists of matches can be narrowed by."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.db.models import Q
from django_filters import CharFilter, Filter, FilterSet, IsoDateTimeFilter, MultipleChoiceFilter

from matching.enums import Band, MatchState
from matching.models import Match, MatchQuerySet
from solutions.filters import EntryFilter, SlugsFilter
from solutions.models import Entry


class MatchFilter(FilterSet):
    """Narrow by whatever entries are narrowed by, of the demand; and by the two entries, state, band and times."""

    demand = CharFilter(field_name="demand__public_id", help_text="Its public id.")
    supply = CharFilter(field_name="supply__public_id", help_text="Its public id.")
    organisation = SlugsFilter(
        field_name="demand__organisation__slug", method="of_organisations", help_text="The slug of either side's."
    )
    state = MultipleChoiceFilter(choices=MatchState.choices, distinct=False)
    band = MultipleChoiceFilter(choices=Band.choices, distinct=False)
    created_after = IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")
    changed_after = IsoDateTimeFilter(field_name="changed_at", lookup_expr="gte")
    changed_before = IsoDateTimeFilter(field_name="changed_at", lookup_expr="lt")

    class Meta:
        model = Match
        fields = ("demand", "supply", "state", "band")

    @classmethod
    def get_filters(cls) -> dict[str, Filter]:
        """Add the filters of entries; they say here what may be asked, `filter_queryset` has the demands narrowed."""
        filters: dict[str, Filter] = super().get_filters()
        for name, one in EntryFilter.base_filters.items():
            if name not in filters:
                filters[name] = copy(one)
                filters[name].method, filters[name].field_name = None, f"demand__{one.field_name}"
        return filters

    def filter_queryset(self, queryset: Any) -> MatchQuerySet:
        """Let the demands be narrowed as entries are, and the matches by what is of matches."""
        matches: MatchQuerySet = queryset
        asked = self.form.cleaned_data
        for name in self.declared_filters:
            matches = self.filters[name].filter(matches, asked[name])
        of_demand = {name: asked[name] for name in self.filters if name not in self.declared_filters and asked[name]}
        if not of_demand:
            return matches
        narrowing, demands = EntryFilter(request=self.request), Entry.objects.demands()
        for name, value in of_demand.items():
            demands = narrowing.filters[name].filter(demands, value)
        return matches.filter(demand_id__in=demands.values("pk"))

    def of_organisations(self, matches: MatchQuerySet, _name: str, slugs: list[str]) -> MatchQuerySet:
        """Keep the matches in which one of the two sides is of any of the organisations."""
        return matches.filter(Q(demand__organisation__slug__in=slugs) | Q(supply__organisation__slug__in=slugs))
