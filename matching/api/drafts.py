"""Suggestions for a draft, and the federated match: what is sent is read, answered and forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.adapter.bearer import BearerToken
from accounts.enums import Scope
from core.parsing import ObjectParser
from matching.api.records import ExplanationSerializer
from matching.engine.types import Hit
from matching.services.drafts import answers_to, draft_of, proposed_for
from matching.services.explaining import Labels, in_words
from solutions.api.records import NewRecordSerializer
from solutions.enums import Kind
from solutions.models import Entry
from solutions.rules import FIELDS

MEDIA_TYPE = "application/vnd.south-south-match.v1.0+json"
HITS_MAX = 50
DISCLAIMER = _(
    "A score says how well two descriptions fit, not whether a cooperation is advisable. What was sent was not kept. "
    "Ask the organisation before you rely on its entry, and do not use the answers to identify persons."
)


class ProfileSerializer(NewRecordSerializer):
    """An entry as far as it is written: its kind, and any fields of its record."""

    kind_fields = {name: field for kind in Kind for name, field in FIELDS[kind].items()}

    def get_fields(self) -> dict[str, Any]:
        fields = {"kind": serializers.ChoiceField(Kind.choices), **super().get_fields()}
        for name, field in fields.items():
            field.required = name == "kind"
        return fields


class HitSerializer(serializers.Serializer[Any]):
    """An entry that fits, and why."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(Kind.choices)
    title = serializers.CharField()
    organisation = serializers.CharField()
    country = serializers.CharField(allow_null=True)
    language = serializers.CharField()
    url = serializers.URLField()
    score = serializers.FloatField()
    band = serializers.CharField()
    explanation = ExplanationSerializer()


class ProposedGoalSerializer(serializers.Serializer[Any]):
    """A goal that the text may be about."""

    goal = serializers.IntegerField()
    confidence = serializers.FloatField()
    words = serializers.ListField(child=serializers.CharField())


class ProposedTargetSerializer(serializers.Serializer[Any]):
    """A target that the text may be about."""

    target = serializers.CharField()
    confidence = serializers.FloatField()
    words = serializers.ListField(child=serializers.CharField())


class SuggestionsSerializer(serializers.Serializer[Any]):
    """What the engine makes of a draft."""

    goals = ProposedGoalSerializer(many=True)
    targets = ProposedTargetSerializer(many=True)
    matches = HitSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Fields that the draft leaves empty.")
    engine = serializers.CharField()


class MatchQuerySerializer(serializers.Serializer[Any]):
    """A profile of another platform, and how many answers are wanted."""

    id = serializers.CharField(required=False, max_length=200, help_text="The caller's own name of the profile.")
    profile = ProfileSerializer()
    limit = serializers.IntegerField(required=False, default=10, min_value=1, max_value=HITS_MAX)


class MatchAnswerSerializer(serializers.Serializer[Any]):
    """The entries that fit a profile, best first."""

    id = serializers.CharField(allow_blank=True)
    results = HitSerializer(many=True)
    engine = serializers.CharField()
    disclaimer = serializers.CharField()


class HeadSerializer(serializers.Serializer[Any]):
    """What of a match query is read before the profile itself, whose fields are for the rules of records."""

    id = serializers.CharField(required=False, max_length=200, default="")
    profile = serializers.DictField()
    limit = serializers.IntegerField(required=False, default=10, min_value=1, max_value=HITS_MAX)


class KindSerializer(serializers.Serializer[Any]):
    """The kind of a profile."""

    kind = serializers.ChoiceField(Kind.choices)


class SuggestionsView(APIView):
    """Read a draft and say what it is about, what fits it, and what it lacks."""

    permission_classes = (permissions.IsAuthenticated,)
    throttle_scope = "engine"
    token_scope = Scope.READ

    @extend_schema(request=ProfileSerializer, responses=SuggestionsSerializer, operation_id="suggestions")
    def post(self, request: Request) -> Response:
        """Read a draft; nothing of it is kept."""
        at = timezone.now()
        kind, values = _profile(dict(request.data))
        draft = draft_of(kind=kind, values=values, on=at.date())
        proposal = proposed_for(draft.profile)
        answers = answers_to(profile=draft.profile, reader=request.user, most=10, at=at)
        return Response(
            {
                "goals": [found._asdict() for found in proposal.goals],
                "targets": [found._asdict() for found in proposal.targets],
                "matches": _told(answers.pairs),
                "missing": list(draft.missing),
                "engine": answers.engine,
            }
        )


class MatchParser(ObjectParser):
    """A match query of the first version."""

    media_type = MEDIA_TYPE


class MatchRenderer(JSONRenderer):
    """An answer of the first version."""

    media_type = MEDIA_TYPE
    format = "match"


class FederatedMatchView(APIView):
    """Answer another platform's profile, after the model of the Matchmaker Exchange.

    Each partner has a token of its own with the scope "match". An unknown version of the media type is refused: 406
    for what is to be answered, 415 for what is sent.
    """

    authentication_classes = (BearerToken,)
    permission_classes = (permissions.IsAuthenticated,)
    parser_classes = (MatchParser, ObjectParser)
    renderer_classes = (MatchRenderer, JSONRenderer)
    throttle_scope = "engine"
    token_scope = Scope.MATCH

    @extend_schema(request=MatchQuerySerializer, responses=MatchAnswerSerializer, operation_id="match")
    def post(self, request: Request) -> Response:
        """Rank the catalogue for a profile; nothing of it is kept."""
        at = timezone.now()
        head = HeadSerializer(data=request.data)
        head.is_valid(raise_exception=True)
        asked = head.validated_data
        kind, values = _profile(asked["profile"])
        draft = draft_of(kind=kind, values=values, on=at.date())
        answers = answers_to(profile=draft.profile, reader=request.user, most=asked["limit"], at=at)
        return Response(
            {
                "id": asked["id"],
                "results": _told(answers.pairs),
                "engine": answers.engine,
                "disclaimer": str(DISCLAIMER),
            }
        )


def _profile(data: dict[str, Any]) -> tuple[Kind, dict[str, Any]]:
    kind = KindSerializer(data=data)
    kind.is_valid(raise_exception=True)
    return Kind(kind.validated_data["kind"]), {name: value for name, value in data.items() if name != "kind"}


def _told(hits: Sequence[tuple[Entry, Hit]]) -> list[dict[str, Any]]:
    labels = Labels()
    return [
        {
            "id": entry.public_id,
            "kind": entry.kind,
            "title": entry.title,
            "organisation": entry.organisation.name,
            "country": entry.country_id,
            "language": entry.language_id,
            "url": f"{settings.SITE_URL}{reverse('entry-detail', args=[entry.public_id])}",
            "score": hit.score,
            "band": hit.band,
            "explanation": {
                name: value
                for name, value in asdict(in_words(hit.to_dict(), labels)).items()
                if name in ("verdict", "likelihood", "lines", "missing")
            },
        }
        for entry, hit in hits
    ]
