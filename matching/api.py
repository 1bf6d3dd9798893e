"""Matches over the API: read-only, each with its reasons in the language asked for (Accept-Language)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import permissions, serializers, viewsets

from matching.filters import MatchFilter
from matching.models import Match, MatchQuerySet
from matching.queries import for_reading
from matching.services.explaining import Labels, in_words


class ReasonSerializer(serializers.Serializer[Any]):
    """One line of the sum."""

    feature = serializers.CharField(help_text="What was compared.")
    points = serializers.FloatField(help_text="Its part of the score, in hundredths.")
    most = serializers.FloatField(help_text="The most it could have.")
    words = serializers.CharField(help_text="What it rests on, in words.")


class ExplanationSerializer(serializers.Serializer[Any]):
    """A score in words; the points add up to it."""

    verdict = serializers.CharField()
    lines = ReasonSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="What the two records do not state.")


class MatchSerializer(serializers.ModelSerializer[Match]):
    """A supply that could answer a demand, and why."""

    id = serializers.CharField(source="public_id", read_only=True)
    demand = serializers.CharField(source="demand.public_id", read_only=True)
    demand_title = serializers.CharField(source="demand.title", read_only=True)
    supply = serializers.CharField(source="supply.public_id", read_only=True)
    supply_title = serializers.CharField(source="supply.title", read_only=True)
    supply_kind = serializers.CharField(source="supply.kind", read_only=True)
    organisation = serializers.CharField(source="supply.organisation.name", read_only=True)
    explanation = serializers.SerializerMethodField()

    class Meta:
        model = Match
        fields = (
            "id",
            "demand",
            "demand_title",
            "supply",
            "supply_title",
            "supply_kind",
            "organisation",
            "score",
            "rank",
            "band",
            "state",
            "explanation",
            "created_at",
            "changed_at",
        )
        read_only_fields = fields

    @extend_schema_field(ExplanationSerializer)
    def get_explanation(self, match: Match) -> dict[str, Any]:
        """Return the verdict, the lines of the sum and what is missing."""
        words = asdict(in_words(match.explanation, self.context["labels"]))
        return {name: words[name] for name in ("verdict", "lines", "missing")}


class MatchViewSet(viewsets.ReadOnlyModelViewSet[Match]):
    """Matches of one's own demands, and of one's own supplies for demands that one may read."""

    queryset = Match.objects.none()
    serializer_class = MatchSerializer
    permission_classes = (permissions.IsAuthenticated,)
    filterset_class = MatchFilter
    lookup_field = "public_id"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> MatchQuerySet:
        return for_reading(Match.objects.visible_to(self.request.user)).select_related("demand")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "labels": Labels()}
