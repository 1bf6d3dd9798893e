"""Any list of the API as a file: every row that the filters leave, streamed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request

from core.tables import MEDIA_TYPES, Cells, Row, flat, written

CHUNK = 200
described = extend_schema(
    filters=True,
    parameters=[OpenApiParameter("as", str, enum=[*MEDIA_TYPES], default="jsonl")],
    responses={
        (200, media_type): OpenApiTypes.BINARY if name == "xlsx" else OpenApiTypes.STR
        for name, media_type in MEDIA_TYPES.items()
    },
)


def wanted_format(request: Request) -> str:
    """Return how the file is to be written, as `as` says. Raises ValidationError."""
    wanted = request.query_params.get("as", "jsonl")
    if wanted not in MEDIA_TYPES:
        raise exceptions.ValidationError({"as": [_("Write one of %(words)s.") % {"words": ", ".join(MEDIA_TYPES)}]})
    return wanted


def file_answer(
    file_format: str,
    rows: Iterable[Row],
    *,
    called: str,
    names: Iterable[str],
    cells: Cells = flat,
    marked: bool = False,
) -> StreamingHttpResponse:
    """Answer rows as a file, streamed; `marked` as in `tables.written`."""
    headers = {"Content-Disposition": f'attachment; filename="{called}.{file_format}"'}
    pieces = written(file_format, rows, names=names, cells=cells, marked=marked)
    return StreamingHttpResponse(pieces, content_type=MEDIA_TYPES[file_format], headers=headers)


def as_listed(view: Any, request: Request) -> QuerySet[Any]:
    """Return the rows that the view's filters leave, in the order in which its list turns pages."""
    rows: QuerySet[Any] = view.filter_queryset(view.get_queryset())
    pages = type(view).pagination_class()
    return rows.order_by(*pages.get_ordering(request, rows, view))


class ExportMixin:
    """Adds `export/` to a list: the same filters, the same rows, all of them."""

    throttle_scope = ""

    @described
    @action(detail=False, pagination_class=None, throttle_scope="export")
    def export(self, request: Request, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        """Stream every row of the narrowed list: JSON Lines, CSV or XLSX without formulas."""
        view: Any = self
        file_format = wanted_format(request)
        serializer = view.get_serializer()
        rows = as_listed(view, request).iterator(chunk_size=CHUNK)
        records = (serializer.to_representation(row) for row in rows)
        return file_answer(file_format, records, called=view.basename, names=serializer.fields)
