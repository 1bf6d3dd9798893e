"""Matches over the API, each with its reasons in the language asked for, answered and curated by those who may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.queries import changes_of_roles, person
from core.exporting import ExportMixin
from core.idempotency import PARAMETER as IDEMPOTENCY_KEY
from core.idempotency import once
from core.preconditions import DatedListMixin, expected_version, versioned
from core.schema import IF_MATCH
from core.shaping import chosen, parameter
from matching.api import records
from matching.enums import Actor, EndingReason
from matching.filters import MatchFilter
from matching.models import Match, MatchQuerySet, RankingRun
from matching.queries import needs_of, with_sides
from matching.services import answering, covering, curation, marking
from matching.services.explaining import Labels, readable_pair
from matching.services.moving import BadDecisionError
from solutions.enums import Kind
from solutions.models import Entry
from solutions.queries import SUMMARY_FACETS, entries_changed_at

SHAPE = [
    parameter("fields", records.MATCH_FIELDS, "Only these."),
    parameter("include", records.SIDES, "The entries of the match in summary, under included."),
]


class MatchViewSet(DatedListMixin, ExportMixin, viewsets.ReadOnlyModelViewSet[Match]):
    """Matches of one's own demands, and of one's own supplies for demands that one may read."""

    queryset = Match.objects.none()
    serializer_class = records.MatchSerializer
    permission_classes = (permissions.IsAuthenticated,)
    filterset_class = MatchFilter
    ordering_fields = ("score", "created_at", "changed_at")
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[0-9a-z]+"

    def get_queryset(self) -> MatchQuerySet:
        return with_sides(Match.objects.visible_to(self.request.user))

    def get_serializer_context(self) -> dict[str, Any]:
        """Add what names codes, and which parts of a match are wanted."""
        return {
            **super().get_serializer_context(),
            "labels": Labels(),
            "fields": chosen(self.request, "fields", records.MATCH_FIELDS),
            "included": chosen(self.request, "include", records.SIDES) if self.action in ("list", "retrieve") else (),
        }

    def changes(self) -> Iterable[datetime | None]:
        """Return when a match, or an entry that one may be of, last changed, and who may see which."""
        return [
            Match.objects.aggregate(last=Max("changed_at"))["last"],
            RankingRun.objects.aggregate(last=Max("finished_at"))["last"],
            *(entries_changed_at(kind) for kind in Kind),
            *changes_of_roles(self.request.user, on=timezone.localdate()),
        ]

    @extend_schema(parameters=SHAPE)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List matches, the newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._rows(page or []))

    @extend_schema(parameters=SHAPE)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give one match with its explanation."""
        return self._shown(self.get_object())

    @extend_schema(
        request=records.NewMatchSerializer, responses={201: records.MatchSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Propose a pair that the ranking did not, as a curator; it is pinned."""
        at = timezone.now()

        def answer() -> Response:
            asked = records.NewMatchSerializer(data=request.data)
            asked.is_valid(raise_exception=True)
            said = asked.validated_data
            by = person(request.user)
            demand, supply = readable_pair(demand=said["demand"], supply=said["supply"], reader=by)
            made = marking.add_match_by_hand(demand=demand, supply=supply, by=by, note=said["note"], at=at)
            location = reverse("match-detail", args=[made.public_id])
            return self._shown(self._read(made), status=201, Location=location)

        return once(request, answer, at=at)

    @extend_schema(request=records.NotedSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def shortlist(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put a proposed match on the shortlist."""
        return self._act(records.NotedSerializer, curation.shortlist)

    @extend_schema(request=records.ReasonedSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Set a match aside for good."""
        return self._act(records.ReasonedSerializer, curation.dismiss)

    @extend_schema(request=records.NotedSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take an ending back, as a curator."""
        return self._act(records.NotedSerializer, curation.reopen)

    @extend_schema(request=records.NotedSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def introduce(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put the two sides in touch, as a curator."""
        return self._act(records.NotedSerializer, curation.introduce)

    @extend_schema(request=records.NotedSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def pin(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Keep a match proposed whatever later rankings say, as a curator."""
        return self._act(records.NotedSerializer, marking.pin)

    @extend_schema(request=records.NotedSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def unpin(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a pin or an exclusion off, as a curator."""
        return self._act(records.NotedSerializer, marking.unpin)

    @extend_schema(request=records.ReasonedSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def exclude(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Dismiss a pair from all later rankings, as a curator."""
        return self._act(records.ReasonedSerializer, marking.exclude)

    @extend_schema(request=records.NeedsSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def needs(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say which needs of the demand the match answers, for the country or as a curator."""
        return self._act(records.NeedsSerializer, _set_needs)

    @extend_schema(request=records.SidedSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Accept an introduction for one side."""
        return self._act(records.SidedSerializer, answering.accept)

    @extend_schema(request=records.DecliningSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Decline for one side, which ends the match."""
        return self._act(records.DecliningSerializer, answering.decline)

    @extend_schema(request=records.ReasonedSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take back, for the requesting country, what it had chosen."""
        return self._act(records.ReasonedSerializer, answering.withdraw)

    @extend_schema(request=records.NotedSerializer, responses=records.MatchSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record that the two sides agreed."""
        return self._act(records.NotedSerializer, answering.agree)

    def _act(self, serializer: type[Any], service: Callable[..., None]) -> Response:
        said = serializer(data=self.request.data)
        said.is_valid(raise_exception=True)
        match = self.get_object()
        expected_version(self.request, current=match.version, required=False)
        given = {
            name: Actor(value) if name == "side" else EndingReason(value) if name == "reason" else value
            for name, value in said.validated_data.items()
        }
        service(match=match, by=self.request.user, at=timezone.now(), **given)
        return self._shown(self._read(match))

    def _read(self, match: Match) -> Match:
        """Read a match again, also one that its reader has just put out of sight."""
        return with_sides(Match.objects.filter(pk=match.pk)).get()

    def _rows(self, matches: Sequence[Match]) -> Sequence[dict[str, Any]]:
        context = self.get_serializer_context()
        keys = {match.demand_id for match in matches} | {match.supply_id for match in matches}
        if context["included"]:
            known = Entry.objects.visible_to(self.request.user).filter(pk__in=keys).select_related("organisation")
            context["known"] = {entry.pk: entry for entry in known.prefetch_related(*SUMMARY_FACETS)}
        return [records.MatchSerializer(match, context=context).data for match in matches]

    def _shown(self, match: Match, *, status: int = 200, **headers: str) -> Response:
        return versioned(self._rows([match])[0], version=match.version, status=status, **headers)


def _set_needs(*, match: Match, by: Any, needs: list[int], at: datetime) -> None:
    """Read places as the demand's list counts them. Raises BadDecisionError besides what the service raises."""
    lines = [need.pk for need in needs_of(match.demand_id)]
    if any(place > len(lines) for place in needs):
        raise BadDecisionError(_("Choose among the need lines of this demand."), field="needs")
    covering.set_needs(match=match, by=by, needs={lines[place - 1] for place in needs}, at=at)
