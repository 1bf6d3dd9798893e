"""Organisations over the API: read-only, without any person."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers, viewsets

from accounts.filters import OrganisationFilter
from accounts.models import Organisation
from accounts.queries import changes_of_roles, organisations_changed_at
from core.exporting import ExportMixin
from core.preconditions import DatedListMixin


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    """An institution that posts demands or publishes supplies."""

    verified = serializers.SerializerMethodField(help_text="Whether a curator has confirmed what it says it is.")

    class Meta:
        model = Organisation
        fields = ("slug", "name", "type", "country", "website", "verified")

    def get_verified(self, organisation: Organisation) -> bool:
        """Tell whether a curator has confirmed the organisation."""
        return organisation.verified_at is not None


class OrganisationViewSet(DatedListMixin, ExportMixin, viewsets.ReadOnlyModelViewSet[Organisation]):
    """Verified organisations, and one's own."""

    queryset = Organisation.objects.none()
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter
    lookup_field = "slug"
    lookup_value_regex = r"[-0-9A-Za-z_]+"

    def get_queryset(self) -> QuerySet[Organisation]:
        return Organisation.objects.visible_to(self.request.user)

    def changes(self) -> Iterable[datetime | None]:
        """Return when an organisation last changed, and who may see which."""
        return [organisations_changed_at(), *changes_of_roles(self.request.user, on=timezone.localdate())]
