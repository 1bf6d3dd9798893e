"""Solutions, offers and demands over the API: read by visibility, written by those who may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.http import Http404, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.queries import changes_of_roles, organisations_changed_at, person
from core import exporting
from core.idempotency import PARAMETER as IDEMPOTENCY_KEY
from core.idempotency import once
from core.preconditions import DatedListMixin, expected_version, versioned
from core.schema import IF_MATCH
from core.shaping import chosen, parameter
from solutions.api import records
from solutions.api.narrowing import EntryApiFilter
from solutions.enums import Kind
from solutions.models import Entry, EntryQuerySet
from solutions.queries import SUMMARY_FACETS, entries_changed_at, with_everything, with_translations
from solutions.rules import FIELDS
from solutions.services import (
    archive_entry,
    create_entry,
    exported,
    publish_entry,
    return_entry,
    submit_entry,
    update_entry,
)
from solutions.services.cells import columns, to_cells
from solutions.services.entries import organisation_by_slug
from taxonomy.api.reference import ACCEPT_LANGUAGE, reader_language

INCLUDED = (records.NAMES, records.ORGANISATION, records.REFERENCES)
INCLUDED_IN_LISTS = INCLUDED[:2]
INCLUDE = "names: of all codes, by Accept-Language. organisation, references: related records, under included."
NEVER = Value(datetime(9999, 12, 31, tzinfo=UTC))
SUMMARY_NAMES = [*records.HEAD, *records.EntrySummarySerializer.kind_fields]


class EntryViewSet(DatedListMixin, viewsets.GenericViewSet[Entry]):
    """Entries of one kind that the reader may know of: lists in summary, one by one whole where it may be read."""

    kind: ClassVar[Kind]
    queryset = Entry.objects.none()
    serializer_class = records.EntrySummarySerializer
    whole_serializer: ClassVar[type[records.RecordSerializer]]
    filterset_class = EntryApiFilter
    throttle_scope = ""
    ordering_fields = ("published_at", "updated_at", "title")
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[0-9a-z]+"

    @property
    def in_any_state(self) -> bool:
        """Whether entries may be asked for that are not in the catalogue."""
        return "state" in self.request.query_params

    @property
    def ordering_columns(self) -> dict[str, str]:
        """Let what was never published come as the newest."""
        return {"published_at": "published_or_never"} if self.in_any_state else {}

    def get_queryset(self) -> EntryQuerySet:
        user = self.request.user
        if self.action not in ("list", "export"):
            return with_translations(with_everything(Entry.objects.visible_to(user).filter(kind=self.kind), user=user))
        if self.in_any_state:  # that is asked of what one may read whole
            known = Entry.objects.readable_by(user).annotate(published_or_never=Coalesce("published_at", NEVER))
        else:
            known = Entry.objects.live().visible_to(user)
        entries = known.filter(kind=self.kind)
        if self.action == "export":
            return with_everything(entries, user=user)
        return entries.select_related("organisation").prefetch_related(*SUMMARY_FACETS)

    @extend_schema(
        parameters=[
            parameter("fields", SUMMARY_NAMES, "Only these."),
            parameter("include", INCLUDED_IN_LISTS, INCLUDE),
            ACCEPT_LANGUAGE,
        ],
        responses=records.EntrySummarySerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List entries in summary, the newest first."""
        context = self._shape(request, SUMMARY_NAMES, INCLUDED_IN_LISTS)
        entries = self.filter_queryset(self.get_queryset())
        if context["names_in"]:
            entries = entries.select_related("organisation", "country", "language")
        page = self.paginate_queryset(entries)
        rows = records.EntrySummarySerializer(page, many=True, context=context).data
        return self.get_paginated_response(rows)

    @exporting.described
    @action(detail=False, pagination_class=None, throttle_scope="export")
    def export(self, request: Request, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        """Stream every entry of a narrowed list: JSON Lines, or CSV or XLSX in which no spreadsheet finds a formula."""
        file_format = exporting.wanted_format(request)
        entries = exporting.as_listed(self, request).iterator(chunk_size=exporting.CHUNK)
        rows = exported(entries=entries, kind=self.kind)
        return exporting.file_answer(
            file_format, rows, called=f"{self.kind}s", names=columns([self.kind]), cells=to_cells
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give one entry: whole, or in summary where the reader may not read the whole."""
        return self._shown(self.get_object())

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write a draft of an organisation of one's own."""
        at = timezone.now()

        def answer() -> Response:
            values = dict(request.data)
            organisation = organisation_by_slug(values.pop("organisation", None), user=request.user)
            made = create_entry(
                kind=self.kind, organisation=organisation, values=values, by=person(request.user), at=at
            )
            location = reverse(f"{self.basename}-detail", args=[made.public_id])
            return self._shown(self._read(made.public_id), status=201, Location=location)

        return once(request, answer, at=at)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change fields; those left out stay as they are. If-Match names the version that was read."""
        entry = self.get_object()
        version = expected_version(request, current=entry.version)
        update_entry(
            entry=entry, values=dict(request.data), version=version, by=person(request.user), at=timezone.now()
        )
        return self._shown(self._read(entry.public_id))

    @action(detail=True, methods=["post"])
    def submit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Hand a draft to the curators."""
        return self._move(request, submit_entry)

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take an entry out of the catalogue; nothing is deleted."""
        return self._move(request, archive_entry)

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Publish a submitted entry, as a curator."""
        return self._move(request, publish_entry)

    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send an entry back with comments, as a curator."""
        return self._move(request, return_entry)

    def _move(self, request: Request, service: Callable[..., None]) -> Response:
        said = records.NoteSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        entry = self.get_object()
        expected_version(request, current=entry.version, required=False)
        service(entry=entry, by=request.user, note=said.validated_data.get("note", ""), at=timezone.now())
        return self._shown(self._read(entry.public_id))

    def _read(self, public_id: str) -> Entry:
        found = self.get_queryset().filter(public_id=public_id).first()
        if found is None:
            raise Http404
        return found

    def _shown(self, entry: Entry, *, status: int = 200, **headers: str) -> Response:
        whole = entry.whole  # type: ignore[attr-defined]  # of with_everything
        serializer = self.whole_serializer if whole else records.EntrySummarySerializer
        names = [*records.HEAD, records.STATE, *FIELDS[self.kind]]
        data = serializer(entry, context=self._shape(self.request, names, INCLUDED)).data
        return versioned(data, version=entry.version, status=status, **headers)

    def _shape(self, request: Request, names: Sequence[str], included: Sequence[str]) -> dict[str, Any]:
        asked = chosen(request, "include", included)
        return {
            "fields": chosen(request, "fields", names),
            "names_in": reader_language(request) if records.NAMES in asked else "",
            "included": asked - {records.NAMES},
        }

    def changes(self) -> Iterable[datetime | None]:
        """Return when an entry of the kind last changed, and who may see which."""
        user = self.request.user
        included = [organisations_changed_at()] if "include" in self.request.query_params else []
        entries = entries_changed_at(self.kind, published=not user.is_authenticated)
        return [entries, *included, *changes_of_roles(user, on=timezone.localdate())]


def described(
    new: type[records.NewEntrySerializer],
    change: type[records.NewRecordSerializer],
    whole: type[records.RecordSerializer],
) -> Callable[[type[EntryViewSet]], type[EntryViewSet]]:
    """Describe in the schema what may be done with a kind."""
    names = [*records.HEAD, records.STATE, *whole.kind_fields]
    shape = [parameter("fields", names, "Only these."), parameter("include", INCLUDED, INCLUDE), ACCEPT_LANGUAGE]
    answer = PolymorphicProxySerializer(
        f"{whole.__name__.removesuffix('Serializer')}OrSummary",
        [whole, records.EntrySummarySerializer],
        resource_type_field_name=None,
    )
    move = extend_schema(request=records.NoteSerializer, responses=answer, parameters=[IF_MATCH])
    return extend_schema_view(
        retrieve=extend_schema(parameters=shape, responses=answer),
        create=extend_schema(request=new, responses={201: answer}, parameters=[IDEMPOTENCY_KEY]),
        partial_update=extend_schema(request=change, responses=answer, parameters=[IF_MATCH]),
        submit=move,
        withdraw=move,
        publish=move,
        send_back=move,
    )


@described(records.NewSolutionSerializer, records.SolutionChangeSerializer, records.SolutionSerializer)
class SolutionViewSet(EntryViewSet):
    """Solutions."""

    kind = Kind.SOLUTION
    whole_serializer = records.SolutionSerializer


@described(records.NewOfferSerializer, records.OfferChangeSerializer, records.OfferSerializer)
class OfferViewSet(EntryViewSet):
    """Offers."""

    kind = Kind.OFFER
    whole_serializer = records.OfferSerializer


@described(records.NewDemandSerializer, records.DemandChangeSerializer, records.DemandSerializer)
class DemandViewSet(EntryViewSet):
    """Demands."""

    kind = Kind.DEMAND
    whole_serializer = records.DemandSerializer
