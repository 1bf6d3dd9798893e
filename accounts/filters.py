"""What lists of organisations can be narrowed by."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, FilterSet, ModelMultipleChoiceFilter, MultipleChoiceFilter

from accounts.enums import OrganisationType
from accounts.models import Organisation
from taxonomy.models import Country, CountryGroup, CountryGroupMembership, Region


class OrganisationFilter(FilterSet):
    """Narrow organisations; several values of one filter widen it, several filters narrow it."""

    type = MultipleChoiceFilter(label=_("Kind"), choices=OrganisationType.choices)
    country = ModelMultipleChoiceFilter(label=_("Country"), queryset=Country.objects.ordered())
    region = ModelMultipleChoiceFilter(
        label=_("Region"), field_name="country__region", queryset=Region.objects.ordered(), method="in_regions"
    )
    group = ModelMultipleChoiceFilter(
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
        if not regions:
            return organisations
        keys = [region.pk for region in regions]
        return organisations.filter(
            Q(country__region__in=keys)
            | Q(country__region__parent__in=keys)
            | Q(country__region__parent__parent__in=keys)
        )

    def in_groups(
        self, organisations: QuerySet[Organisation], _name: str, groups: QuerySet[CountryGroup]
    ) -> QuerySet[Organisation]:
        """Keep the organisations of countries that belong to any of the groups today."""
        if not groups:
            return organisations
        today = CountryGroupMembership.objects.at(timezone.now().date())
        members = today.filter(group__in=[group.pk for group in groups])
        return organisations.filter(country__in=members.values("country_id"))
