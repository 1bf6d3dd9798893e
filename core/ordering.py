"""The order in which a list of the API is asked for."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request


class StrictOrdering(OrderingFilter):
    """Order by one of the view's `ordering_fields`; a word that is none of them is refused, not passed over.

    `ordering_columns` of the view names other columns to order by: one that is empty in some rows turns no pages.
    """

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...] | None:
        """Return the ordering asked for, made total by the key; None for the list's own. Raises ValidationError."""
        asked = request.query_params.get("ordering")
        if not asked or not _words(view):
            return None
        if asked not in _words(view):
            message = _("Write one of %(words)s.") % {"words": ", ".join(_words(view))}
            raise exceptions.ValidationError({"ordering": [message]})
        word, sign = asked.removeprefix("-"), "-" if asked.startswith("-") else ""
        return (sign + getattr(view, "ordering_columns", {}).get(word, word), f"{sign}pk")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        if not _words(view):
            return []
        schema = {"type": "string", "enum": _words(view)}
        description = str(_("The newest first unless it says otherwise."))
        return [{"name": "ordering", "in": "query", "required": False, "description": description, "schema": schema}]


def _words(view: Any) -> list[str]:
    fields = getattr(view, "ordering_fields", None) or ()
    return [*fields, *(f"-{field}" for field in fields)]
