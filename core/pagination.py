"""One page size and one way of turning pages, for lists of the API."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class PublicPagination(CursorPagination):
    """Turn pages by cursor, newest first: constant cost at any depth, stable while rows are added.

    A page size out of range and a cursor that this site did not give are refused, not guessed at.
    """

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"
    # Rows of the same value are counted off, and a file or a run of the ranking makes very many of the same time.
    offset_cutoff = 1_000_000

    def get_page_size(self, request: Request) -> int:
        """Return how many rows were asked for. Raises ValidationError for what is no number in range."""
        asked = request.query_params.get("page_size")
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and 1 <= int(asked) <= self.max_page_size):
            message = _("Write a whole number from 1 to %(most)d.") % {"most": self.max_page_size}
            raise exceptions.ValidationError({"page_size": [message]})
        return int(asked)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except exceptions.NotFound:
            pass
        except (ValidationError, ValueError, TypeError, OverflowError, DataError):
            pass  # a cursor of somebody's own making: its position is no value of the ordering's column
        raise exceptions.NotFound(_("This cursor is not valid; start from the first page."))

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return parameters
