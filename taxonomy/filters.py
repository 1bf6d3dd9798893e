"""Filters by rows of reference data, for lists of anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django_filters import ModelMultipleChoiceFilter
from django_filters.fields import ModelChoiceIterator, ModelMultipleChoiceField

from taxonomy.rules import active_language, sort_key

CODE = re.compile(r"[0-9]{1,9}|(?=.*[^0-9])[0-9A-Za-z._-]{1,40}")


class ByName(ModelChoiceIterator):
    """Offers choices in the order of their names, as a reader of the active language looks them up."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        language = active_language()
        return iter(sorted(super().__iter__(), key=lambda choice: sort_key(choice[1], language)))


class CodesField(ModelMultipleChoiceField):
    """Several codes; what cannot be one is refused here, since databases differ in how they fail on it."""

    def _check_values(self, value: Any) -> Any:
        for one in value:
            if not CODE.fullmatch(str(one)):
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": one})
        return super()._check_values(value)


class NamedField(CodesField):
    iterator = ByName


class CodesFilter(ModelMultipleChoiceFilter):
    """Any of several rows of reference data, offered as they count."""

    field_class = CodesField


class NamedFilter(ModelMultipleChoiceFilter):
    """Any of several rows of reference data, offered by name."""

    field_class = NamedField
