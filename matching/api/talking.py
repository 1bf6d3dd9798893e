"""What is asked and answered on a match, and what the engine thinks of any pair."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries import person
from core.idempotency import PARAMETER as IDEMPOTENCY_KEY
from core.idempotency import once
from core.pagination import PublicPagination
from core.preconditions import DatedListMixin
from core.schema import ProblemSerializer
from matching.api import records
from matching.engine.types import Exclusion
from matching.enums import MessageKind
from matching.models import Match, MatchMessage
from matching.queries import conversation_of, with_sides
from matching.services.conversing import post_message
from matching.services.explaining import Labels, excluded_because, explain_pair, in_words, readable_pair


class ConversationPagination(PublicPagination):
    """The first message first."""

    ordering = ("at", "pk")  # type: ignore[assignment]  # the base class takes both


class MessagesView(DatedListMixin, GenericAPIView[MatchMessage]):
    """The conversation on a match: begun by its introduction, read by both sides and curators."""

    queryset = MatchMessage.objects.none()
    serializer_class = records.MessageSerializer
    permission_classes = (permissions.IsAuthenticated,)
    pagination_class = ConversationPagination

    def get_queryset(self) -> QuerySet[MatchMessage]:
        match = self._match()
        return conversation_of(match) if match.introduced_at else MatchMessage.objects.none()

    def changes(self) -> Iterable[datetime | None]:
        """Return when something was last said; nobody unsays it."""
        return [self.get_queryset().aggregate(last=Max("at"))["last"]]

    @extend_schema(responses=records.MessageSerializer(many=True), operation_id="matches_messages_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what was asked and answered, from the beginning."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(records.MessageSerializer(page, many=True).data)

    @extend_schema(
        request=records.NewMessageSerializer,
        responses={201: records.MessageSerializer},
        parameters=[IDEMPOTENCY_KEY],
        operation_id="matches_messages_create",
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask or answer for one's side, or as a curator; the others are told."""
        at = timezone.now()

        def answer() -> Response:
            asked = records.NewMessageSerializer(data=request.data)
            asked.is_valid(raise_exception=True)
            kind, text = MessageKind(asked.validated_data["kind"]), asked.validated_data["text"]
            made = post_message(match=self._match(), by=person(request.user), kind=kind, text=text, at=at)
            return Response(records.MessageSerializer(made).data, status=201)

        return once(request, answer, at=at)

    def _match(self) -> Match:
        known = with_sides(Match.objects.visible_to(self.request.user))
        return get_object_or_404(known, public_id=self.kwargs["id"])


class AskedPairSerializer(serializers.Serializer[Any]):
    """A demand and a supply, by public ids."""

    demand = serializers.RegexField(records.PUBLIC_ID)
    supply = serializers.RegexField(records.PUBLIC_ID)


PUBLIC_ID = {"type": "string", "pattern": records.PUBLIC_ID}


class PairView(APIView):
    """The engine's opinion of any demand and any supply that the reader may read whole."""

    permission_classes = (permissions.IsAuthenticated,)
    throttle_scope = "engine"

    @extend_schema(
        parameters=[OpenApiParameter(side, PUBLIC_ID, required=True) for side in records.SIDES],
        responses={200: records.PairSerializer, (409, "application/problem+json"): ProblemSerializer},
        operation_id="matches_explain",
    )
    def get(self, request: Request) -> Response:
        """Explain a pair, on record or not: what its score is made of, or what excludes it."""
        asked = AskedPairSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        demand, supply = readable_pair(**asked.validated_data, reader=request.user)
        opinion = explain_pair(demand=demand, supply=supply, at=timezone.now())
        known = Match.objects.visible_to(request.user).filter(demand_id=demand.pk, supply_id=supply.pk)
        found: dict[str, Any] = {
            "demand": demand.public_id,
            "supply": supply.public_id,
            "match": known.values_list("public_id", flat=True).first(),
            **dict.fromkeys(("excluded", "score", "band", "explanation")),
        }
        if isinstance(opinion, Exclusion):
            return Response({**found, "excluded": excluded_because(opinion, Labels())})
        explanation = records.told(in_words(opinion.to_dict(), Labels()))
        return Response({**found, "score": opinion.score, "band": opinion.band, "explanation": explanation})
