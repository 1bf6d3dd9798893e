"""Reference data over the API: read-only, names in the language asked for (Accept-Language)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation.trans_real import parse_accept_lang_header
from django_filters import FilterSet, ModelChoiceFilter
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core.exporting import ExportMixin
from core.pagination import PublicPagination
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
from taxonomy.queries import countries_in
from taxonomy.rules import FALLBACK

LANGUAGES = ("en", "fr", "es", "ar", "pt", "ru", "zh")
"""The languages in which names are given."""
ACCEPT_LANGUAGE = OpenApiParameter(
    "Accept-Language",
    str,
    OpenApiParameter.HEADER,
    description=f"Names are given in {', '.join(LANGUAGES)}; else in en.",
)


def reader_language(request: Request) -> str:
    """Return the language of `LANGUAGES` that the request prefers, English when it names none of them."""
    for tag, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if (language := tag.split("-")[0]) in LANGUAGES:
            return language
    return FALLBACK


class NamedSerializer(serializers.ModelSerializer[Any]):
    """A row with its name in the reader's language."""

    name = serializers.SerializerMethodField()

    def get_name(self, row: Any) -> str:
        """Return the name in the language of the context."""
        name: str = row.name_in(self.context["language"])
        return name


class GoalSerializer(NamedSerializer):
    class Meta:
        model = Goal
        fields = ("number", "name", "colour")


class TargetSerializer(NamedSerializer):
    class Meta:
        model = Target
        fields = ("code", "goal", "name")


class RegionSerializer(NamedSerializer):
    class Meta:
        model = Region
        fields = ("code", "name", "level", "parent")


class CountrySerializer(NamedSerializer):
    """A country, with the groups to which it belongs today."""

    groups = serializers.SerializerMethodField()

    class Meta:
        model = Country
        fields = ("code", "name", "alpha2", "m49", "region", "un_member", "groups")

    def get_groups(self, country: Country) -> list[str]:
        """Return the codes of the groups, sorted."""
        return sorted(membership.group_id for membership in country.memberships.all())


class SectorSerializer(NamedSerializer):
    class Meta:
        model = Sector
        fields = ("code", "name", "dac_code")


class ModalitySerializer(NamedSerializer):
    class Meta:
        model = Modality
        fields = ("code", "name")


class LanguageSerializer(NamedSerializer):
    class Meta:
        model = Language
        fields = ("code", "name")


class ReferencePagination(PublicPagination):
    """All rows of a list on one page, as a rule: no list of reference data is longer."""

    page_size = 300
    max_page_size = 300
    ordering = "pk"


class TargetPagination(ReferencePagination):
    """Targets as the goals count."""

    ordering = ("goal_id", "position", "pk")  # type: ignore[assignment]  # the base class takes both


@extend_schema(parameters=[ACCEPT_LANGUAGE])
class ReferenceViewSet(ExportMixin, viewsets.ReadOnlyModelViewSet[Any]):
    """Rows of one list of reference data."""

    pagination_class = ReferencePagination
    lookup_url_kwarg = "code"
    lookup_value_regex = r"[0-9A-Za-z._-]+"  # target codes hold a dot

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "language": reader_language(self.request)}

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response.headers["Content-Language"] = reader_language(self.request)
        return super().finalize_response(request, response, *args, **kwargs)


class GoalViewSet(ReferenceViewSet):
    """The seventeen Sustainable Development Goals."""

    queryset = Goal.objects.ordered()
    serializer_class = GoalSerializer
    lookup_url_kwarg = "number"
    lookup_value_regex = r"[0-9]{1,2}"


class TargetViewSet(ReferenceViewSet):
    """The targets of the goals, each with a short label."""

    queryset = Target.objects.ordered()
    serializer_class = TargetSerializer
    pagination_class = TargetPagination
    filterset_fields = ("goal",)


class RegionViewSet(ReferenceViewSet):
    """Regions, sub-regions and intermediate regions of UN M49."""

    queryset = Region.objects.ordered()
    serializer_class = RegionSerializer
    filterset_fields = ("level", "parent")


class CountryFilter(FilterSet):
    """Narrow countries by the region that holds them, however deep, and by a group they belong to today."""

    region = ModelChoiceFilter(queryset=Region.objects.ordered(), method="in_region")
    group = ModelChoiceFilter(
        field_name="memberships__group", queryset=CountryGroup.objects.ordered(), method="in_group"
    )

    class Meta:
        model = Country
        fields = ("region", "group", "un_member")

    def in_region(self, countries: QuerySet[Country], _name: str, region: Region) -> QuerySet[Country]:
        """Keep the countries of a region and of the regions inside it."""
        return countries.filter(pk__in=countries_in(region).values("pk"))

    def in_group(self, countries: QuerySet[Country], _name: str, group: CountryGroup) -> QuerySet[Country]:
        """Keep the countries that belong to a group today."""
        return countries.filter(pk__in=_memberships(timezone.now().date()).filter(group=group).values("country_id"))


def _memberships(day: date) -> QuerySet[CountryGroupMembership]:
    return CountryGroupMembership.objects.at(day).order_by("group_id", "pk")


class CountryViewSet(ReferenceViewSet):
    """Countries and areas of UN M49."""

    queryset = Country.objects.ordered()
    serializer_class = CountrySerializer
    filterset_class = CountryFilter

    def get_queryset(self) -> QuerySet[Country]:
        today = timezone.now().date()
        return Country.objects.ordered().prefetch_related(Prefetch("memberships", _memberships(today)))


class SectorViewSet(ReferenceViewSet):
    """Sectors, each with the OECD DAC code it stands for."""

    queryset = Sector.objects.ordered()
    serializer_class = SectorSerializer


class ModalityViewSet(ReferenceViewSet):
    """Forms of cooperation."""

    queryset = Modality.objects.ordered()
    serializer_class = ModalitySerializer


class LanguageViewSet(ReferenceViewSet):
    """Languages of texts and of cooperation."""

    queryset = Language.objects.ordered()
    serializer_class = LanguageSerializer
