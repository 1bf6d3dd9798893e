"""Search over the API: entries in any language by words of any language, with snippets and counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Count
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from core.filtering import StrictFilterBackend
from matching.services.searching import QUERY_MAX, search, snippet
from solutions.api.records import EntrySummarySerializer
from solutions.enums import Kind
from solutions.filters import EntryFilter
from solutions.models import Entry
from solutions.queries import SUMMARY_FACETS, for_search

SHOWN = 20
PAGES_MAX = 1000


class FoundSerializer(serializers.Serializer[Any]):
    """An entry, and where it has what was looked for."""

    entry = EntrySummarySerializer()
    title = serializers.ListField(child=serializers.ListField(), help_text="Pieces: [text, whether it was looked for].")
    snippet = serializers.ListField(child=serializers.ListField(), help_text="Pieces of the text that shows it best.")


class SearchAnswerSerializer(serializers.Serializer[Any]):
    """What was found, best first."""

    count = serializers.IntegerField()
    all_words = serializers.BooleanField(help_text="False: no entry has all words, these have some.")
    kinds = serializers.DictField(child=serializers.IntegerField(), help_text="How many of each kind.")
    goals = serializers.DictField(child=serializers.IntegerField(), help_text="How many of each goal.")
    results = FoundSerializer(many=True)


class AskedSerializer(serializers.Serializer[Any]):
    """What to look for."""

    q = serializers.CharField(max_length=QUERY_MAX)
    kind = serializers.ChoiceField(Kind.choices, required=False)
    page = serializers.IntegerField(min_value=1, max_value=PAGES_MAX, default=1)


class SearchView(GenericAPIView[Entry]):
    """Find entries by words; the filters of lists narrow what is found."""

    queryset = Entry.objects.none()
    filter_backends = (StrictFilterBackend,)
    filterset_class = EntryFilter
    pagination_class = None

    @extend_schema(
        parameters=[
            OpenApiParameter("q", {"type": "string", "minLength": 1, "maxLength": QUERY_MAX}, required=True),
            OpenApiParameter("kind", str, enum=Kind.values),
            OpenApiParameter("page", {"type": "integer", "minimum": 1, "maximum": PAGES_MAX, "default": 1}),
        ],
        filters=True,
        responses=SearchAnswerSerializer,
        operation_id="search",
    )
    def get(self, request: Request) -> Response:
        """Return the entries that fit best, twenty a page, and how many there are in all of each kind and goal."""
        asked = AskedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = search(text=asked.validated_data["q"], user=request.user)
        entries = found.entries
        if kind := asked.validated_data.get("kind"):
            entries = entries.filter(kind=kind)
        return Response(self._answer(found, self.filter_queryset(entries), asked.validated_data["page"]))

    def _answer(self, found: Any, entries: Any, page: int) -> dict[str, Any]:
        ordered = replace(found, entries=entries).best_first()
        best = list(ordered.values_list("pk", flat=True)[(page - 1) * SHOWN : page * SHOWN])
        rows = {row.pk: row for row in for_search(best).prefetch_related(*SUMMARY_FACETS)}
        readable = set(Entry.objects.readable_by(self.request.user).filter(pk__in=best).values_list("pk", flat=True))
        counted = Entry.objects.filter(pk__in=entries.values("pk"))
        kinds = dict(counted.order_by().values_list("kind").annotate(n=Count("pk")))
        goals = dict(counted.order_by().filter(goals__isnull=False).values_list("goals").annotate(n=Count("pk")))
        results = []
        for pk in best:
            title, text = snippet(entry=rows[pk], whole=pk in readable, wanted=found.wanted)
            results.append({"entry": EntrySummarySerializer(rows[pk]).data, "title": title, "snippet": text})
        return {
            "count": sum(kinds.values()),
            "all_words": found.all_words,
            "kinds": kinds,
            "goals": {str(goal): count for goal, count in sorted(goals.items())},
            "results": results,
        }
