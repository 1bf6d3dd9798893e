"""Whole files of entries over the API: checked to the last row, then all of it is written or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, ClassVar

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import permissions, serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries import person
from core.idempotency import PARAMETER as IDEMPOTENCY_KEY
from core.idempotency import once
from core.problems import TooLargeError
from core.schema import WRITING, ProblemSerializer
from solutions.services import FileFormat, ImportRefusedError, import_records
from solutions.services.entries import organisation_by_slug

ENVELOPE = 10_000
"""What a multipart body may hold beside the file."""
EXAMPLE = {
    "dry_run": False,
    "created": 1,
    "updated": 1,
    "unchanged": 0,
    "rows": [
        {"line": 1, "id": "pumps-1", "outcome": "created", "entry": "4q7mz2w9k3xd"},
        {"line": 2, "id": "pumps-2", "outcome": "updated", "entry": "8r2nv6t5h1cb"},
    ],
}


class RecordsParser(BaseParser):
    """Read a body that is the file itself."""

    file_format: ClassVar[FileFormat]

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        return {"file": ContentFile(stream.read(), name=f"records.{self.file_format}")}


class JsonLinesParser(RecordsParser):
    """JSON Lines."""

    media_type = "application/x-ndjson"
    file_format = FileFormat.JSONL


class CsvParser(RecordsParser):
    """CSV."""

    media_type = "text/csv"
    file_format = FileFormat.CSV


class SheetParser(RecordsParser):
    """A spreadsheet."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file_format = FileFormat.XLSX


RAW = (JsonLinesParser, CsvParser, SheetParser)


class FileSerializer(serializers.Serializer[Any]):
    """A file of records, in a form."""

    file = serializers.FileField(help_text="Its name ends in .jsonl, .ndjson, .csv or .xlsx.", allow_empty_file=True)

    def validate_file(self, file: File[Any]) -> File[Any]:
        """Hold the name against the formats that are read."""
        if _suffix(file) not in {*FileFormat, "ndjson"}:
            raise ImportRefusedError(_("The name of the file has to end in .csv, .xlsx or .jsonl."))
        return file


class Switch(serializers.BooleanField):
    """Written as true or false, as the schema says."""

    TRUE_VALUES = frozenset({"true"})  # type: ignore[assignment]  # the base class has a set
    FALSE_VALUES = frozenset({"false"})  # type: ignore[assignment]  # the base class has a set


class OptionsSerializer(serializers.Serializer[Any]):
    """What to do with the file."""

    dry_run = Switch(default=False)
    publish = Switch(default=False)
    organisation = serializers.SlugField(max_length=80, required=False, trim_whitespace=False)


class RowSerializer(serializers.Serializer[Any]):
    """What became of one row."""

    line = serializers.IntegerField()
    id = serializers.CharField(help_text="As the row gives it.")
    outcome = serializers.ChoiceField(["created", "updated", "unchanged"])
    entry = serializers.CharField(help_text="The public id; empty for what a dry run would create.", allow_blank=True)


class ImportReportSerializer(serializers.Serializer[Any]):
    """What the import did, or would do, row by row."""

    dry_run = serializers.BooleanField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rows = RowSerializer(many=True)


class RowProblemSerializer(serializers.Serializer[Any]):
    """What is wrong with a field of a row."""

    line = serializers.IntegerField()
    field = serializers.CharField(allow_blank=True, help_text="Empty for what concerns the whole line.")
    message = serializers.CharField()


class RefusedFileSerializer(ProblemSerializer):
    """A file that is refused; nothing was written."""

    problems = RowProblemSerializer(many=True, required=False, help_text="The first hundred.")
    problem_count = serializers.IntegerField(required=False)


def _switch(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "boolean", "default": False}, description=description)


class ImportView(APIView):
    """Files of entries: in a form, or as the body itself."""

    permission_classes = (permissions.IsAuthenticated,)
    parser_classes = (*RAW, MultiPartParser)
    throttle_scope = "import"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Said before the body is read; a body of unknown length is read as an empty one.
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.API_IMPORT_MAX_BYTES + ENVELOPE:
            raise TooLargeError
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="import",
        request={
            "multipart/form-data": FileSerializer,
            **{parser.media_type: OpenApiTypes.BINARY for parser in RAW},
        },
        parameters=[
            _switch("dry_run", "Only say what the import would do."),
            _switch("publish", "Publish what is imported, as a curator; else new entries are drafts."),
            OpenApiParameter(
                "organisation", {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,80}$"},
                description="The slug of the organisation whose the records are that name none.",
            ),
            IDEMPOTENCY_KEY,
        ],
        responses={
            200: ImportReportSerializer,
            201: ImportReportSerializer,
            (409, "application/problem+json"): OpenApiResponse(RefusedFileSerializer, WRITING["409"]),
        },
        examples=[
            OpenApiExample("Two records", EXAMPLE, response_only=True, status_codes=["201"]),
            OpenApiExample("Tried only", {**EXAMPLE, "dry_run": True}, response_only=True, status_codes=["200"]),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Import a file of records with one's own permissions: all of it, or nothing and what is wrong with which line.

        A dry run answers 200, an import 201. A refused file is answered by 409; `problems` lists line, field and
        message.
        """
        options = OptionsSerializer(data=request.query_params.dict())
        options.is_valid(raise_exception=True)
        # Nothing is parsed of a body of no bytes: it is an empty file, unless it was to be a form.
        empty = not request.data and not str(request.content_type).startswith("multipart/")
        sent = FileSerializer(data={"file": ContentFile(b"", name="records.jsonl")} if empty else request.data)
        sent.is_valid(raise_exception=True)
        content: File[Any] = sent.validated_data["file"]
        chosen = options.validated_data
        at = timezone.now()

        def answer() -> Response:
            slug = chosen.get("organisation")
            organisation = organisation_by_slug(slug, user=request.user) if slug else None
            with NamedTemporaryFile(suffix=f".{_suffix(content)}") as kept:
                for chunk in content.chunks():
                    kept.write(chunk)
                kept.flush()
                report = import_records(
                    path=Path(kept.name),
                    called=_("The file"),
                    organisation=organisation,
                    publish=chosen["publish"],
                    dry_run=chosen["dry_run"],
                    by=person(request.user),
                    at=at,
                )
            done = {"dry_run": chosen["dry_run"], "rows": [row._asdict() for row in report.rows]}
            return Response({**done, **report.counts()}, status=200 if chosen["dry_run"] else 201)

        return once(request, answer, at=at, content=[dict(chosen), _suffix(content), _digest(content)])


def _suffix(file: File[Any]) -> str:
    return Path(file.name or "").suffix.lower().lstrip(".")


def _digest(file: File[Any]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
