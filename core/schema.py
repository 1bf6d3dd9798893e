"""What the OpenAPI schema says of every operation besides its own answer."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

PROBLEMS = {
    "400": _("The query is not understood; errors names what is wrong."),
    "403": _("One has to log in, or may not do this."),
    "404": _("There is nothing here that the reader may know of."),
    "406": _("None of the media types asked for can be given."),
    "429": _("Too many requests; Retry-After says how long to wait."),
}


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
    """Declares the problem answers that any operation may give."""

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status, description in PROBLEMS.items():
            answer = OpenApiResponse(ProblemSerializer, description=description)
            media_types = ["application/problem+json"]
            body = self._get_response_for_code(answer, status, media_types, direction)  # type: ignore[no-untyped-call]
            bodies.setdefault(status, body)
        return bodies
