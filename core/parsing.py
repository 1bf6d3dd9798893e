"""Request bodies of the API: JSON that is an object, of a depth that can be read; text that is text."""

from __future__ import annotations

from collections.abc import Mapping
from json import JSONDecodeError
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers
from rest_framework.parsers import JSONParser


class ObjectParser(JSONParser):
    """Read a JSON object; anything else is refused as a parse error."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from None
        except exceptions.ParseError as refused:
            place = refused.__context__
            if not isinstance(place, JSONDecodeError):
                raise
            message = _("The body is not JSON; look at line %(line)d, column %(column)d.")
            raise exceptions.ParseError(message % {"line": place.lineno, "column": place.colno}) from None
        if not isinstance(body, dict):
            raise exceptions.ParseError(_("The body is not a JSON object; write { } around it."))
        return body


class TextField(serializers.CharField):
    """Text, as the schema says; a number is refused, not taken for its digits."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumberField(serializers.IntegerField):
    """A whole number, as the schema says; its digits as text are refused, and so are true and false."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int | float) or isinstance(data, bool):
            self.fail("invalid")
        number: int = super().to_internal_value(data)
        return number


class Closed:
    """Makes a serializer refuse fields that it does not have, since what is misspelt would be passed over."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, Mapping) else []  # type: ignore[attr-defined]  # of the serializer
        if unknown:
            raise serializers.ValidationError({name: [_("is no field here; remove it.")] for name in unknown})
        return super().to_internal_value(data)  # type: ignore[misc]  # as above
