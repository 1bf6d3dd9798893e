"""What lists of organisations can be narrowed by."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, FilterSet, MultipleChoiceFilter

from accounts.enums import OrganisationType
from accounts.models import Organisation
from taxonomy.filters import NamedFilter
from taxonomy.models import Country, CountryGroup, Region
from taxonomy.queries import countries_in, countries_of


class OrganisationFilter(FilterSet):
    """Narrow organisations; several values of one filter widen it, several filters narrow it."""

    type = MultipleChoiceFilter(label=_("Kind"), choices=OrganisationType.choices)
    country = NamedFilter(label=_("Country"), queryset=Country.objects.ordered())
    region = NamedFilter(
        label=_("Region"), field_name="country__region", queryset=Region.objects.ordered(), method="in_regions"
    )
    group = NamedFilter(
        label=_("Group of countries"),
        field_name="country__memberships__group",
        queryset=CountryGroup.objects.ordered(),
        method="in_groups",
    )
    name = CharFilter(lookup_expr="icontains", max_length=200, help_text="Words of its name.")
    verified = BooleanFilter(field_name="verified_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Organisation
        fields = ("type", "country", "region", "group", "name", "verified")

    def in_regions(
        self, organisations: QuerySet[Organisation], _name: str, regions: QuerySet[Region]
    ) -> QuerySet[Organisation]:
        """Keep the organisations of countries in any of the regions, nested regions included (three levels at most)."""
        found = countries_in([region.pk for region in regions])
        return organisations.filter(country__in=found) if regions else organisations

    def in_groups(
        self, organisations: QuerySet[Organisation], _name: str, groups: QuerySet[CountryGroup]
    ) -> QuerySet[Organisation]:
        """Keep the organisations of countries that belong to any of the groups today."""
        members = countries_of([group.pk for group in groups], on=timezone.localdate())
        return organisations.filter(country__in=members) if groups else organisations
