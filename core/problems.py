"""Error answers of the API as RFC 9457 problem details."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from core.errors import DomainError


class TooLargeError(exceptions.APIException):
    """The body has more bytes than the site reads."""

    status_code = 413
    default_detail = _("The body is too large.")
    default_code = "too_large"


@contextmanager
def inside(part: str) -> Iterator[None]:
    """Let what is refused within point into a part of the body."""
    try:
        yield
    except DomainError as refused:
        refused.part = part
        raise
    except exceptions.ValidationError as refused:
        raise exceptions.ValidationError({part: refused.detail}) from None


def problem_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception as application/problem+json; None (a server error) for what nobody expected.

    The body has type, title, status, detail, code, and for bad input errors: a list of {pointer, detail, code}.
    Source of the format: RFC 9457, including its "errors" extension member.
    """
    request = context["request"]
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type  # of any view
    if isinstance(exc, DomainError):
        set_rollback()
        root = _pointer("#", exc.part) if exc.part else "#"
        errors = [{"pointer": _pointer(root, name), "detail": text, "code": exc.code} for name, text in exc.faults()]
        problem = _problem(status=exc.status, detail=str(exc), code=exc.code, errors=errors)
        problem.data |= exc.members()
        return problem
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied(str(exc) or None)
    elif isinstance(exc, RequestDataTooBig):
        exc = TooLargeError()
    response = exception_handler(exc, context)
    if response is None or not isinstance(exc, exceptions.APIException):
        return response
    problem = _problem(
        status=response.status_code,
        detail=str(exc.detail) if not isinstance(exc, exceptions.ValidationError) else str(exc.default_detail),
        code=exc.default_code,
        errors=list(_field_errors(exc.detail)) if isinstance(exc, exceptions.ValidationError) else [],
    )
    for name in ("WWW-Authenticate", "Retry-After"):
        if name in response.headers:
            problem.headers[name] = response.headers[name]
    return problem


def _problem(*, status: int, detail: str, code: str, errors: list[dict[str, str]]) -> Response:
    title = HTTPStatus(status).phrase  # as RFC 9457 wants it of the type about:blank
    body = {"type": "about:blank", "title": title, "status": status, "detail": _writable(detail), "code": code}
    return Response(
        {**body, "errors": errors} if errors else body, status=status, content_type="application/problem+json"
    )


def _field_errors(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _field_errors(value, _pointer(pointer, key))
    elif isinstance(detail, list):
        for value in detail:
            yield from _field_errors(value, pointer)
    else:
        yield {"pointer": pointer, "detail": _writable(detail), "code": getattr(detail, "code", "invalid")}


def _pointer(pointer: str, key: object) -> str:
    """Go one step further down; escapes as RFC 6901 wants them."""
    return f"{pointer}/{_writable(key).replace('~', '~0').replace('/', '~1')}"


def _writable(text: object) -> str:
    """Replace halves of surrogate pairs, which JSON can carry into the site but UTF-8 not out of it."""
    return str(text).encode("utf-8", "replace").decode()
