"""Reference data over the API: read-only, names in the language asked for (Accept-Language)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation.trans_real import parse_accept_lang_header
from django_filters import FilterSet, MultipleChoiceFilter
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core.exporting import ExportMixin
from core.pagination import PublicPagination
from core.preconditions import DatedListMixin
from taxonomy.enums import RegionLevel
from taxonomy.filters import CodesFilter
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
from taxonomy.queries import countries_in, countries_of, groups_changed_at, reference_changed_at
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
class ReferenceViewSet(DatedListMixin, ExportMixin, viewsets.ReadOnlyModelViewSet[Any]):
    """Rows of one list of reference data."""

    pagination_class = ReferencePagination
    lookup_url_kwarg = "code"
    lookup_value_regex = r"[0-9A-Za-z._-]+"  # target codes hold a dot
    files: ClassVar[tuple[str, ...]]
    """The files of reference data that the list shows."""

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "language": reader_language(self.request)}

    def changes(self) -> Iterable[datetime | None]:
        """Return when the files of the list last changed here."""
        return [reference_changed_at(self.files)]

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response.headers["Content-Language"] = reader_language(self.request)
        return super().finalize_response(request, response, *args, **kwargs)


class GoalViewSet(ReferenceViewSet):
    """The seventeen Sustainable Development Goals."""

    queryset = Goal.objects.ordered()
    serializer_class = GoalSerializer
    files = ("goals",)
    lookup_url_kwarg = "number"
    lookup_value_regex = r"[0-9]{1,2}"


class TargetFilter(FilterSet):
    """Narrow targets by their goals."""

    goal = CodesFilter(queryset=Goal.objects.ordered())

    class Meta:
        model = Target
        fields = ("goal",)


class TargetViewSet(ReferenceViewSet):
    """The targets of the goals, each with a short label."""

    queryset = Target.objects.ordered()
    serializer_class = TargetSerializer
    files = ("targets",)
    pagination_class = TargetPagination
    filterset_class = TargetFilter


class RegionFilter(FilterSet):
    """Narrow regions by their levels, and by the regions just above them."""

    level = MultipleChoiceFilter(choices=RegionLevel.choices)
    parent = CodesFilter(queryset=Region.objects.ordered())

    class Meta:
        model = Region
        fields = ("level", "parent")


class RegionViewSet(ReferenceViewSet):
    """Regions, sub-regions and intermediate regions of UN M49."""

    queryset = Region.objects.ordered()
    serializer_class = RegionSerializer
    files = ("regions",)
    filterset_class = RegionFilter


class CountryFilter(FilterSet):
    """Narrow countries by the regions that hold them, however deep, and by the groups they belong to today."""

    region = CodesFilter(queryset=Region.objects.ordered(), method="in_regions")
    group = CodesFilter(field_name="memberships__group", queryset=CountryGroup.objects.ordered(), method="in_groups")

    class Meta:
        model = Country
        fields = ("region", "group", "un_member")

    def in_regions(self, countries: QuerySet[Country], _name: str, regions: QuerySet[Region]) -> QuerySet[Country]:
        """Keep the countries of any of the regions and of the regions inside them."""
        found = countries_in([region.pk for region in regions])
        return countries.filter(pk__in=found.values("pk")) if regions else countries

    def in_groups(self, countries: QuerySet[Country], _name: str, groups: QuerySet[CountryGroup]) -> QuerySet[Country]:
        """Keep the countries that belong to any of the groups today."""
        members = countries_of([group.pk for group in groups], on=timezone.localdate())
        return countries.filter(pk__in=members.values("pk")) if groups else countries


class CountryViewSet(ReferenceViewSet):
    """Countries and areas of UN M49."""

    queryset = Country.objects.ordered()
    serializer_class = CountrySerializer
    files = ("countries", "country_groups", "country_group_memberships")
    filterset_class = CountryFilter

    def get_queryset(self) -> QuerySet[Country]:
        today = CountryGroupMembership.objects.at(timezone.localdate()).order_by("group_id", "pk")
        return Country.objects.ordered().prefetch_related(Prefetch("memberships", today))

    def changes(self) -> Iterable[datetime | None]:
        """Return when the files last changed here, and when a country joined or left a group by its dates."""
        return [*super().changes(), groups_changed_at(timezone.localdate())]


class SectorViewSet(ReferenceViewSet):
    """Sectors, each with the OECD DAC code it stands for."""

    queryset = Sector.objects.ordered()
    serializer_class = SectorSerializer
    files = ("sectors",)


class ModalityViewSet(ReferenceViewSet):
    """Forms of cooperation."""

    queryset = Modality.objects.ordered()
    serializer_class = ModalitySerializer
    files = ("modalities",)


class LanguageViewSet(ReferenceViewSet):
    """Languages of texts and of cooperation."""

    queryset = Language.objects.ordered()
    serializer_class = LanguageSerializer
    files = ("languages",)
