"""One's own notices, and how soon one is mailed each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, permissions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries import person
from core.exporting import ExportMixin
from core.parsing import Closed, WholeNumberField
from core.preconditions import DatedListMixin
from core.schema import sent_as
from notifications.enums import Frequency
from notifications.models import Notice
from notifications.queries import frequencies_of, notices_of
from notifications.rules import KINDS
from notifications.services import headline, mark_read, set_preferences

ID_MAX = 2**63 - 1


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """One event, as it is told to its reader."""

    text = serializers.SerializerMethodField(help_text="One line, in the language of Accept-Language.")

    class Meta:
        model = Notice
        fields = ("id", "kind", "text", "path", "created_at", "read_at")
        read_only_fields = fields

    def get_text(self, notice: Notice) -> str:
        """Say in one line what it is about."""
        return headline(notice, reader=self.context["request"].user)


@sent_as({"ids": [17, 18]})
class ReadSerializer(Closed, serializers.Serializer[Any]):
    """Which notices were read: those with these ids, or all."""

    ids = serializers.ListField(child=WholeNumberField(min_value=1, max_value=ID_MAX), required=False, max_length=200)


class ReadAnswerSerializer(serializers.Serializer[Any]):
    """How many were unread before."""

    read = serializers.IntegerField()


class NoticeViewSet(DatedListMixin, ExportMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Notice]):
    """One's own notices, the newest first."""

    queryset = Notice.objects.none()
    serializer_class = NoticeSerializer
    permission_classes = (permissions.IsAuthenticated,)

    def get_queryset(self) -> QuerySet[Notice]:
        return notices_of(person(self.request.user))

    def changes(self) -> Iterable[datetime | None]:
        """Return when one was last told something, and when one last read it."""
        return self.get_queryset().aggregate(told=Max("created_at"), read=Max("read_at")).values()

    @extend_schema(request=ReadSerializer, responses=ReadAnswerSerializer)
    @action(detail=False, methods=["post"])
    def read(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Mark notices read."""
        asked = ReadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        ids = asked.validated_data.get("ids")
        return Response({"read": mark_read(user=person(request.user), at=timezone.now(), notice_ids=ids)})


@extend_schema_field(
    {
        "type": "object",
        "propertyNames": {"enum": sorted(KINDS)},
        "additionalProperties": {"type": "string", "enum": Frequency.values},
    }
)
class FrequenciesField(serializers.DictField):
    """A frequency for each of some kinds of notice; a kind that there is not is refused."""

    child = serializers.ChoiceField(Frequency.choices)

    def run_child_validation(self, data: Mapping[str, Any]) -> dict[str, Any]:
        known = serializers.ChoiceField(sorted(KINDS))
        for kind in data:
            try:
                known.run_validation(kind)
            except serializers.ValidationError as unknown:
                raise serializers.ValidationError({kind: unknown.detail}) from None
        return super().run_child_validation(data)


@sent_as({"frequencies": {"matching.new_matches": "weekly"}})
class PreferencesSerializer(Closed, serializers.Serializer[Any]):
    """How soon one is mailed, by kind of notice."""

    frequencies = FrequenciesField()


class PreferencesView(APIView):
    """How soon one is mailed each kind of notice."""

    permission_classes = (permissions.IsAuthenticated,)

    @extend_schema(responses=PreferencesSerializer, operation_id="preferences_read")
    def get(self, request: Request) -> Response:
        """Give the frequencies of all kinds that concern one's roles."""
        return Response({"frequencies": frequencies_of(person(request.user))})

    @extend_schema(request=PreferencesSerializer, responses=PreferencesSerializer, operation_id="preferences_change")
    def patch(self, request: Request) -> Response:
        """Change the frequencies of some kinds; those that do not concern one's roles are passed over."""
        asked = PreferencesSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        known = frequencies_of(person(request.user))
        wanted = {
            kind: Frequency(value)
            for kind, value in asked.validated_data.get("frequencies", {}).items()
            if kind in known
        }
        set_preferences(user=person(request.user), frequencies=wanted)
        return Response({"frequencies": frequencies_of(person(request.user))})
