"""Suggestions for a draft: what is sent is read, answered and forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.enums import Scope
from core.schema import sent_as
from matching.api import records
from matching.engine.types import Hit
from matching.services.drafts import answers_to, draft_of, like_draft, proposed_for
from matching.services.explaining import Labels, in_words
from solutions.api.records import DEMAND, NewRecordSerializer
from solutions.enums import Kind
from solutions.models import Entry
from solutions.rules import FIELDS

MOST = 10
"""How many matches, and how many similar entries, a draft is told."""


@sent_as({"kind": "demand", **DEMAND})
class ProfileSerializer(NewRecordSerializer):
    """An entry as far as it is written: its kind, and any fields of its record."""

    kind_fields = {name: field for kind in Kind for name, field in FIELDS[kind].items()}

    def get_fields(self) -> dict[str, Any]:
        fields = {"kind": serializers.ChoiceField(Kind.choices), **super().get_fields()}
        for name, field in fields.items():
            field.required = name == "kind"
        return fields


class LikeSerializer(serializers.Serializer[Any]):
    """An entry of the draft's kind that is about the same."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(Kind.choices)
    title = serializers.CharField()
    organisation = serializers.CharField()
    country = serializers.CharField(allow_null=True)
    language = serializers.CharField()
    url = serializers.URLField()


class HitSerializer(LikeSerializer):
    """An entry that fits, and why."""

    score = serializers.FloatField()
    band = serializers.CharField()
    explanation = records.ExplanationSerializer()


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
    similar = LikeSerializer(many=True)
    matches = HitSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Fields that the draft leaves empty.")
    engine = serializers.CharField()


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
        kind, values = profile_in(dict(request.data))
        draft = draft_of(kind=kind, values=values, on=at.date())
        proposal = proposed_for(draft.profile)
        answers = answers_to(profile=draft.profile, reader=request.user, most=MOST, at=at)
        similar = like_draft(profile=draft.profile, reader=request.user, most=MOST, at=at)
        return Response(
            {
                "goals": [found._asdict() for found in proposal.goals],
                "targets": [found._asdict() for found in proposal.targets],
                "similar": [named(entry) for entry in similar],
                "matches": told(answers.pairs),
                "missing": list(draft.missing),
                "engine": answers.engine,
            }
        )


def profile_in(data: dict[str, Any]) -> tuple[Kind, dict[str, Any]]:
    """Take a profile apart: its kind, and the fields of its record, which are for the rules of records."""
    kind = KindSerializer(data=data)
    kind.is_valid(raise_exception=True)
    return Kind(kind.validated_data["kind"]), {name: value for name, value in data.items() if name != "kind"}


def named(entry: Entry) -> dict[str, Any]:
    """Return what an entry is called and where it is."""
    return {
        "id": entry.public_id,
        "kind": entry.kind,
        "title": entry.title,
        "organisation": entry.organisation.name,
        "country": entry.country_id,
        "language": entry.language_id,
        "url": f"{settings.SITE_URL}{reverse('entry-detail', args=[entry.public_id])}",
    }


def told(hits: Sequence[tuple[Entry, Hit]]) -> list[dict[str, Any]]:
    """Return hits as the API tells them, with their reasons in the reader's language."""
    labels = Labels()
    return [
        {
            **named(entry),
            "score": hit.score,
            "band": hit.band,
            "explanation": records.told(in_words(hit.to_dict(), labels)),
        }
        for entry, hit in hits
    ]
