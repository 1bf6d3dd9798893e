"""Questions that other apps ask of the reference data."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, Protocol

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from taxonomy import rules
from taxonomy.models import Country, CountryGroupMembership, ReferenceChange


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


def reference_changed_at(files: Iterable[str]) -> datetime | None:
    """Return when any of the files of reference data last changed here."""
    changed: datetime | None = ReferenceChange.objects.filter(file__in=files).aggregate(last=Max("at"))["last"]
    return changed


def groups_changed_at(today: date) -> datetime | None:
    """Return the last midnight, up to today's, at which a country joined or left a group."""
    last = CountryGroupMembership.objects.aggregate(
        joined=Max("since", filter=Q(since__lte=today)), left=Max("until", filter=Q(until__lte=today))
    )
    day = max((day for day in last.values() if day), default=None)
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def options(things: Iterable[HasName], *, language: str) -> list[tuple[str, str]]:
    """Return (code, name) pairs in the order of the names, as a reader of the language looks them up."""
    named = [(str(thing.pk), thing.name_in(language)) for thing in things]
    return sorted(named, key=lambda pair: (rules.sort_key(pair[1], language), pair[0]))
