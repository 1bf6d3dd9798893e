"""Addresses that no page can mean, refused before a view or a database sees them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _


class RefuseNul:
    """Middleware: a NUL character in the query is answered by 400, as a problem under /api/ and as a page elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if b"\0" not in unquote_to_bytes(request.META.get("QUERY_STRING", "")):
            return self.get_response(request)
        if not request.path.startswith("/api/"):
            raise SuspiciousOperation("NUL character in the query")
        detail = _("The address holds a NUL character; remove it.")
        return JsonResponse(
            {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": detail, "code": "nul_character"},
            status=400,
            content_type="application/problem+json",
        )
