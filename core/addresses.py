"""Addresses that nothing answers to: under /api/ they are problems, elsewhere pages."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _


class RefuseNul:
    """Middleware: a NUL character in the query is answered by 400, before a view or a database sees it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if b"\0" not in unquote_to_bytes(request.META.get("QUERY_STRING", "")):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return _problem(400, _("The address holds a NUL character; remove it."), "nul_character")
        raise SuspiciousOperation("NUL character in the query")


class ProblemsUnderApi:
    """Middleware: an error page under /api/, of an address that leads nowhere for instance, becomes a problem."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code < 400 or not is_page or not request.path.startswith("/api/"):
            return response
        phrase = HTTPStatus(response.status_code).phrase
        detail = _("There is nothing at this address.") if response.status_code == 404 else phrase
        return _problem(response.status_code, detail, phrase.lower().replace(" ", "_"))


def _problem(status: int, detail: str, code: str) -> JsonResponse:
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    return JsonResponse(body, status=status, content_type="application/problem+json")
