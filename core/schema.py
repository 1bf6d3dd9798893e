"""What the OpenAPI schema says of every operation besides its own answer."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema_serializer
from rest_framework import serializers

from core.parsing import Closed

PROBLEMS = {
    "400": _("The request is not understood; errors names what is wrong."),
    "401": _("One has to log in or send a token."),
    "403": _("One may not do this."),
    "404": _("There is nothing here that the reader may know of."),
    "406": _("None of the media types asked for can be given."),
    "429": _("Too many requests; Retry-After says how long to wait."),
}
WRITING = {
    "409": _("The rules refuse it; errors names the inputs at fault where there are any."),
    "412": _("Someone changed it since it was read; read it again."),
    "413": _("The body is too large."),
    "415": _("The body is of a media type that is not read here."),
    "428": _("If-Match is missing."),
}
FAULTS = {
    "400": (
        "Invalid input.",
        {"pointer": "#/page_size", "detail": "Write a whole number from 1 to 200.", "code": "invalid"},
    ),
    "409": (
        "title: is empty; this field is needed.",
        {"pointer": "#/title", "detail": "is empty; this field is needed.", "code": "invalid_entry"},
    ),
}
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag that was read, or *. Changes of fields need it."
)
ACCEPT_LANGUAGE = OpenApiParameter(
    "Accept-Language", str, OpenApiParameter.HEADER, description="Whatever is said in words is said in this language."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag at hand: answered by 304 while it is current."
)


def _problem(status: str) -> dict[str, Any]:
    (detail, fault), title = FAULTS[status], HTTPStatus(int(status)).phrase
    told = {"type": "about:blank", "title": title, "status": int(status), "detail": detail}
    return {**told, "code": fault["code"], "errors": [fault]}


def sent_as(value: dict[str, Any]) -> Callable[[type[serializers.Serializer[Any]]], type[serializers.Serializer[Any]]]:
    """Give a request's serializer an example."""
    return extend_schema_serializer(examples=[OpenApiExample("Sent", value, request_only=True)])


class ProblemErrorSerializer(serializers.Serializer[dict[str, str]]):
    """One thing that is wrong with the input."""

    pointer = serializers.CharField(help_text="A JSON pointer to the input at fault.")
    detail = serializers.CharField()
    code = serializers.CharField()


class ProblemSerializer(serializers.Serializer[dict[str, Any]]):
    """A problem as RFC 9457 describes it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="Stable and machine-readable.")
    errors = ProblemErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # a field of this name


class ProblemSchema(AutoSchema):
    """Declares the problem answers that any operation may give, and how a representation is asked for again."""

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status, description in (PROBLEMS | (WRITING if self.method not in ("GET", "HEAD") else {})).items():
            answer = OpenApiResponse(ProblemSerializer, description=description)
            media_types = ["application/problem+json"]
            body = self._get_response_for_code(answer, status, media_types, direction)  # type: ignore[no-untyped-call]  # spectacular has no types there
            if status in FAULTS:
                body["content"][media_types[0]]["example"] = _problem(status)
            bodies.setdefault(status, body)
        if IF_NONE_MATCH in self.get_override_parameters():
            bodies.setdefault("304", {"description": str(_("What the reader has is current."))})
        return bodies

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        mapped = super()._map_serializer(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]  # spectacular has no types there
        closed = direction == "request" and isinstance(serializer, Closed)
        return {**mapped, "additionalProperties": False} if closed else mapped

    def get_override_parameters(self) -> list[Any]:
        tagged = self.method == "GET" and getattr(self.view, "action", "") != "export"  # which is streamed
        return [ACCEPT_LANGUAGE, IF_NONE_MATCH] if tagged else [ACCEPT_LANGUAGE]
