"""Questions that other apps ask of the reference data."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from taxonomy import rules
from taxonomy.models import Country, CountryGroupMembership


class HasName(Protocol):
    @property
    def pk(self) -> Any: ...

    def name_in(self, language: str) -> str: ...


def countries_in(regions: Iterable[str]) -> QuerySet[Country]:
    """Return the countries of M49 regions, those of the regions nested in them included (three levels at most)."""
    codes = list(regions)
    return Country.objects.ordered().filter(
        Q(region__in=codes) | Q(region__parent__in=codes) | Q(region__parent__parent__in=codes)
    )


def countries_of(groups: Iterable[str], *, on: date) -> QuerySet[Country]:
    """Return the countries that belong to any of the groups on a day."""
    members = CountryGroupMembership.objects.at(on).filter(group__in=list(groups))
    return Country.objects.ordered().filter(pk__in=members.values("country_id"))


def options(things: Iterable[HasName], *, language: str) -> list[tuple[str, str]]:
    """Return (code, name) pairs in the order of the names, as a reader of the language looks them up."""
    named = [(str(thing.pk), thing.name_in(language)) for thing in things]
    return sorted(named, key=lambda pair: (rules.sort_key(pair[1], language), pair[0]))
