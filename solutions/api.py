"""Solutions, offers and demands over the API: read-only, the fields those of the record format (docs/data-model.md)."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core.schema import ProblemSchema
from solutions.enums import Kind
from solutions.filters import EntryFilter
from solutions.models import Entry, EntryQuerySet
from solutions.queries import for_lists, with_everything
from solutions.rules import FIELDS, SUMMARY_FIELDS, Field, Store
from solutions.rules.readers import day, whole_number
from solutions.services.records import public_id_of, record_of


class NeedSerializer(serializers.Serializer[Any]):
    """One need within a demand."""

    title = serializers.CharField()
    description = serializers.CharField()
    modality = serializers.CharField(allow_null=True)


class OrganisationNameSerializer(serializers.Serializer[Any]):
    """Whose entry it is."""

    slug = serializers.CharField()
    name = serializers.CharField()


def _api_field(name: str, field: Field) -> serializers.Field[Any, Any, Any, Any]:
    """Return how a field of the record format is written in JSON."""
    if field.store is Store.NEEDS:
        return NeedSerializer(many=True)
    if isinstance(field.empty, list):
        return serializers.ListField(child=serializers.IntegerField() if name == "goals" else serializers.CharField())
    if isinstance(field.empty, dict):
        return serializers.DictField(child=serializers.CharField())
    if isinstance(field.empty, bool):
        return serializers.BooleanField()
    if field.read is whole_number:
        return serializers.IntegerField(allow_null=True)
    if field.read is day:
        return serializers.DateField(allow_null=True)
    return serializers.CharField(allow_null=field.empty is None and not field.required)


class RecordSerializer(serializers.Serializer[Any]):
    """An entry as its record, under its public id."""

    kind_fields: ClassVar[dict[str, Field]] = {}
    id = serializers.CharField(help_text="Permanent public id.")
    kind = serializers.CharField()
    organisation = OrganisationNameSerializer()
    published_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), **{name: _api_field(name, f) for name, f in self.kind_fields.items()}}

    def to_representation(self, instance: Entry) -> Any:
        return super().to_representation(
            {
                "id": instance.public_id,
                "kind": instance.kind,
                "organisation": instance.organisation,
                "published_at": instance.published_at,
                "updated_at": instance.updated_at,
                **record_of(instance, self.kind_fields, refer_by=public_id_of),
            }
        )


class EntrySummarySerializer(RecordSerializer):
    """What lists show of an entry, and all that a stranger sees of a demand shown in summary."""

    kind_fields = {name: FIELDS[Kind.DEMAND][name] for name in SUMMARY_FIELDS}


class SolutionSerializer(RecordSerializer):
    """A documented practice."""

    kind_fields = FIELDS[Kind.SOLUTION]


class OfferSerializer(RecordSerializer):
    """A standing offer of cooperation."""

    kind_fields = FIELDS[Kind.OFFER]


class DemandSerializer(RecordSerializer):
    """A capacity need of a country, whole."""

    kind_fields = FIELDS[Kind.DEMAND]


class EntryViewSet(viewsets.ReadOnlyModelViewSet[Entry]):
    """Entries of one kind that the reader may know of: lists in summary, one by one whole where it may be read."""

    kind: ClassVar[Kind]
    queryset = Entry.objects.none()
    whole_serializer: ClassVar[type[RecordSerializer]]
    filterset_class = EntryFilter
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[0-9a-z]+"
    schema = ProblemSchema()

    def get_serializer_class(self) -> type[RecordSerializer]:
        return EntrySummarySerializer if self.action == "list" else self.whole_serializer

    def get_queryset(self) -> EntryQuerySet:
        user = self.request.user
        if self.action == "list":
            return for_lists(self.kind, user=user)
        return with_everything(Entry.objects.visible_to(user).filter(kind=self.kind), user=user)

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give one entry: whole, or in summary where the reader may not read the whole."""
        entry = self.get_object()
        whole = entry.whole  # type: ignore[attr-defined]  # of with_everything
        return Response((self.whole_serializer if whole else EntrySummarySerializer)(entry).data)


class SolutionViewSet(EntryViewSet):
    """Solutions."""

    kind = Kind.SOLUTION
    whole_serializer = SolutionSerializer


class OfferViewSet(EntryViewSet):
    """Offers."""

    kind = Kind.OFFER
    whole_serializer = OfferSerializer


class DemandViewSet(EntryViewSet):
    """Demands."""

    kind = Kind.DEMAND
    whole_serializer = DemandSerializer

    @extend_schema(
        responses=PolymorphicProxySerializer(
            "DemandOrSummary", [DemandSerializer, EntrySummarySerializer], resource_type_field_name=None
        )
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give one demand: whole, or in summary where the reader may not read the whole."""
        return super().retrieve(request, *args, **kwargs)
