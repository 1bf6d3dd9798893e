"""The world map: where the dot of each country stands, and how large it is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from solutions.enums import Kind
from taxonomy.models import Country, CountryGroupMembership
from taxonomy.rules import active_language, sort_key

SMALLEST, LARGEST = 3.0, 15.0  # radius of a dot, in units of the map
ISLANDS = "sids"


@dataclass(frozen=True, slots=True)
class Standing:
    """One country of the map: what it has by kind, altogether, and whether it is a small island state."""

    country: Country
    solutions: int
    offers: int
    demands: int
    island: bool

    @property
    def total(self) -> int:
        return self.solutions + self.offers + self.demands


def standings(counts: Mapping[str, Mapping[str, int]], *, on: date) -> list[Standing]:
    """Return the countries that have entries and all small island states, by name: two queries."""
    islands = set(CountryGroupMembership.objects.at(on).filter(group=ISLANDS).values_list("country_id", flat=True))
    countries = Country.objects.filter(pk__in={*counts, *islands})
    found = []
    for country in countries:
        here = counts.get(country.pk, {})
        number = {kind: here.get(kind, 0) for kind in Kind}
        found.append(
            Standing(
                country,
                solutions=number[Kind.SOLUTION],
                offers=number[Kind.OFFER],
                demands=number[Kind.DEMAND],
                island=country.pk in islands,
            )
        )
    language = active_language()
    return sorted(found, key=lambda one: sort_key(one.country.name_in(language), language))


def dots(found: list[Standing]) -> SafeString:
    """Draw the dots, the large ones first, so that none hides a smaller one; areas are in proportion to counts."""
    places = _places()
    most = max((one.total for one in found), default=0)
    drawn = sorted((one for one in found if one.country.pk in places), key=lambda one: -one.total)
    return format_html_join(
        "",
        '<circle class="{}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>',
        (
            (
                "dot" if one.total else "dot none",
                *places[one.country.pk],
                round(max(SMALLEST, LARGEST * math.sqrt(one.total / most)), 1) if one.total else SMALLEST,
                format_html("{}: {}", one.country.name, one.total),
            )
            for one in drawn
        ),
    )


@cache
def _places() -> Mapping[str, tuple[float, float]]:
    rows = json.loads((settings.FIXTURES_DIR / "map" / "places.json").read_text(encoding="utf-8"))["rows"]
    return {row["country"]: (row["x"], row["y"]) for row in rows}
