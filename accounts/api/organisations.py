"""Organisations over the API: read-only, without any person."""

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from accounts.filters import OrganisationFilter
from accounts.models import Organisation
from core.exporting import ExportMixin


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    """An institution that posts demands or publishes supplies."""

    verified = serializers.SerializerMethodField(help_text="Whether a curator has confirmed what it says it is.")

    class Meta:
        model = Organisation
        fields = ("slug", "name", "type", "country", "website", "verified")

    def get_verified(self, organisation: Organisation) -> bool:
        """Tell whether a curator has confirmed the organisation."""
        return organisation.verified_at is not None


class OrganisationViewSet(ExportMixin, viewsets.ReadOnlyModelViewSet[Organisation]):
    """Verified organisations, and one's own."""

    queryset = Organisation.objects.none()
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter
    lookup_field = "slug"
    lookup_value_regex = r"[-0-9A-Za-z_]+"

    def get_queryset(self) -> QuerySet[Organisation]:
        return Organisation.objects.visible_to(self.request.user)
