"""Questions that other apps ask of the reference data."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from taxonomy import rules
from taxonomy.models import Country, Region


class HasName(Protocol):
    @property
    def pk(self) -> Any: ...

    def name_in(self, language: str) -> str: ...


def countries_in(region: Region) -> QuerySet[Country]:
    """Return the countries of a region and of the regions inside it (M49 has three levels)."""
    return Country.objects.ordered().filter(
        Q(region=region) | Q(region__parent=region) | Q(region__parent__parent=region)
    )


def options(things: Iterable[HasName], *, language: str) -> list[tuple[str, str]]:
    """Return (code, name) pairs in the order of the names, as a reader of the language looks them up."""
    named = [(str(thing.pk), thing.name_in(language)) for thing in things]
    return sorted(named, key=lambda pair: (rules.sort_key(pair[1], language), pair[0]))
