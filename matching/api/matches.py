"""Matches over the API, each with its reasons in the language asked for, answered and curated by those who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import permissions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.preconditions import expected_version, versioned
from core.schema import IF_MATCH
from matching.enums import Actor, EndingReason
from matching.filters import MatchFilter
from matching.models import Match, MatchQuerySet
from matching.queries import with_sides
from matching.services import answering, curation
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
    likelihood = serializers.CharField(help_text="How likely a curator accepts it; or that this is not calibrated yet.")
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
        return {name: words[name] for name in ("verdict", "likelihood", "lines", "missing")}


class NotedSerializer(serializers.Serializer[Any]):
    """What to say about an act."""

    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)


class SidedSerializer(NotedSerializer):
    """An act of one of the two sides."""

    side = serializers.ChoiceField([(side.value, side.label) for side in (Actor.DEMAND_SIDE, Actor.SUPPLY_SIDE)])


class ReasonedSerializer(NotedSerializer):
    """An ending, with one of the reasons that it may have."""

    reason = serializers.ChoiceField(EndingReason.choices)


class DecliningSerializer(SidedSerializer, ReasonedSerializer):
    """A side's refusal."""


class MatchViewSet(viewsets.ReadOnlyModelViewSet[Match]):
    """Matches of one's own demands, and of one's own supplies for demands that one may read."""

    queryset = Match.objects.none()
    serializer_class = MatchSerializer
    permission_classes = (permissions.IsAuthenticated,)
    filterset_class = MatchFilter
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[0-9a-z]+"

    def get_queryset(self) -> MatchQuerySet:
        return with_sides(Match.objects.visible_to(self.request.user))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "labels": Labels()}

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give one match with its explanation."""
        return self._shown(self.get_object())

    @extend_schema(request=NotedSerializer, responses=MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def shortlist(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put a proposed match on the shortlist."""
        return self._act(NotedSerializer, curation.shortlist)

    @extend_schema(request=ReasonedSerializer, responses=MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Set a match aside for good."""
        return self._act(ReasonedSerializer, curation.dismiss)

    @extend_schema(request=NotedSerializer, responses=MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take an ending back, as a curator."""
        return self._act(NotedSerializer, curation.reopen)

    @extend_schema(request=NotedSerializer, responses=MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def introduce(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put the two sides in touch, as a curator."""
        return self._act(NotedSerializer, curation.introduce)

    @extend_schema(request=SidedSerializer, responses=MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Accept an introduction for one side."""
        return self._act(SidedSerializer, answering.accept)

    @extend_schema(request=DecliningSerializer, responses=MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Decline for one side, which ends the match."""
        return self._act(DecliningSerializer, answering.decline)

    @extend_schema(request=ReasonedSerializer, responses=MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take back, for the requesting country, what it had chosen."""
        return self._act(ReasonedSerializer, answering.withdraw)

    @extend_schema(request=NotedSerializer, responses=MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record that the two sides agreed."""
        return self._act(NotedSerializer, answering.agree)

    def _act(self, serializer: type[NotedSerializer], service: Callable[..., None]) -> Response:
        said = serializer(data=self.request.data)
        said.is_valid(raise_exception=True)
        match = self.get_object()
        expected_version(self.request, current=match.version, required=False)
        given = {
            name: Actor(value) if name == "side" else EndingReason(value) if name == "reason" else value
            for name, value in said.validated_data.items()
        }
        service(match=match, by=self.request.user, at=timezone.now(), **given)
        return self._shown(self.get_object())

    def _shown(self, match: Match) -> Response:
        data = MatchSerializer(match, context=self.get_serializer_context()).data
        return versioned(data, version=match.version)
