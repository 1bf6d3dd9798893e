"""Filters of the API: a value that is none of what the schema says is refused, not passed over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, IsoDateTimeFilter
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions
from rest_framework.request import Request

# RFC 3339, as the schema's "date-time".
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


class StrictFilterBackend(DjangoFilterBackend):
    """Narrow by the view's filter set, held to the forms of its values: nothing empty, true or false, RFC 3339."""

    def get_filterset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        filterset = super().get_filterset(request, queryset, view)
        for name, one in filterset.filters.items() if filterset else ():
            if not isinstance(one, CharFilter) and (message := _fault(one, request.query_params.getlist(name))):
                raise exceptions.ValidationError({name: [message]})
        return filterset


def _fault(one: Any, values: Iterable[str]) -> Any:
    for value in values:
        if not value:
            return _("Give a value, or leave the filter out.")
        if isinstance(one, BooleanFilter) and value not in ("true", "false"):
            return _("Write true or false.")
        if isinstance(one, IsoDateTimeFilter) and not _is_moment(value):
            return _("Write a time as 2026-01-31T09:00:00Z.")
    return None


def _is_moment(value: str) -> bool:
    """Tell whether it is a time, also as UTC: a database has no year 0 and none after 9999."""
    try:
        return bool(MOMENT.fullmatch(value) and datetime.fromisoformat(value.upper()).astimezone(UTC))
    except (ValueError, OverflowError):
        return False
