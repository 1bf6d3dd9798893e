"""Which parts of a representation a reader asks for: ?fields= leaves out, ?include= adds."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions
from rest_framework.request import Request


def chosen(request: Request, name: str, known: Collection[str]) -> frozenset[str]:
    """Return the words of a comma-separated parameter; empty when it is not given. Raises ValidationError."""
    asked = frozenset(word for word in ",".join(request.query_params.getlist(name)).split(",") if word)
    if unknown := sorted(asked - set(known)):
        message = _("%(word)s is unknown; write one or several of %(words)s, separated by commas.")
        raise exceptions.ValidationError(
            {name: [message % {"word": f"“{unknown[0][:40]}”", "words": ", ".join(known)}]}
        )
    return asked


def parameter(name: str, words: Iterable[str], description: str) -> OpenApiParameter:
    """Describe such a parameter in the schema."""
    schema = {"type": "array", "items": {"type": "string", "enum": list(words)}, "uniqueItems": True}
    return OpenApiParameter(name, schema, explode=False, style="form", description=description)
