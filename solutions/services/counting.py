"""How many entries of a selection there are by kind, goal, region ..., for tiles, maps and facets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import Count

from solutions.enums import Kind
from solutions.models import Entry, EntryQuerySet, Solution
from taxonomy.models import Country, Region

Counts = Mapping[str, int]


def by_kind(entries: EntryQuerySet) -> Counts:
    """Count entries of each kind; a kind without one counts 0."""
    return {**dict.fromkeys(Kind.values, 0), **_by_column(entries, "kind")}


def by_goal(entries: EntryQuerySet) -> Counts:
    """Count entries of each goal; one of several goals counts for each."""
    return _by_link(entries, Entry.goals.through, "goal_id")


def by_target(entries: EntryQuerySet) -> Counts:
    """Count entries of each target."""
    return _by_link(entries, Entry.targets.through, "target_id")


def by_modality(entries: EntryQuerySet) -> Counts:
    """Count entries of each modality."""
    return _by_link(entries, Entry.modalities.through, "modality_id")


def by_language(entries: EntryQuerySet) -> Counts:
    """Count entries by the language of their text."""
    return _by_column(entries, "language_id")


def by_country(entries: EntryQuerySet) -> Mapping[str, Counts]:
    """Count entries of each country by kind, as the filter by country finds them: a solution also where it ran."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (country, kind), ids in _places(entries).items():
        found[country][kind] = len(ids)
    return found


def by_region(entries: EntryQuerySet) -> Counts:
    """Count entries of each region, those of the regions nested in it included, as the filter by region finds them."""
    parents = dict(Region.objects.values_list("pk", "parent_id"))
    homes = dict(Country.objects.values_list("pk", "region_id"))
    found: dict[str, set[int]] = defaultdict(set)
    for (country, _kind), ids in _places(entries).items():
        region: str | None = homes[country]
        while region:
            found[region] |= ids
            region = parents[region]
    return {region: len(ids) for region, ids in found.items()}


FACETS: Final[Mapping[str, Callable[[EntryQuerySet], Counts]]] = {
    "kind": by_kind,
    "goal": by_goal,
    "region": by_region,
    "modality": by_modality,
    "language": by_language,
}
"""What a search can be narrowed by, by the name of the filter."""


def facets(narrowed: Callable[[str], EntryQuerySet]) -> dict[str, Counts]:
    """Count for every facet; `narrowed` gives the entries that all filters but the named one leave."""
    return {name: count(narrowed(name)) for name, count in FACETS.items()}


def _by_column(entries: EntryQuerySet, column: str) -> Counts:
    rows: Any = entries.order_by().values(column).annotate(count=Count("pk")).values_list(column, "count")
    return dict(rows)


def _by_link(entries: EntryQuerySet, link: Any, column: str) -> Counts:
    links = link._default_manager.filter(entry_id__in=entries.order_by().values("pk"))
    return {str(code): count for code, count in links.values_list(column).annotate(count=Count("pk"))}


def _places(entries: EntryQuerySet) -> Mapping[tuple[str, str], set[int]]:
    """Return the ids of entries by country and kind: of the country, or that ran there."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    unordered = entries.order_by()
    for pk, country, kind in unordered.exclude(country=None).values_list("pk", "country_id", "kind"):
        found[country, kind].add(pk)
    ran = Solution.countries.through._default_manager.filter(solution_id__in=unordered.values("pk"))
    for pk, country in ran.values_list("solution_id", "country_id"):
        found[country, Kind.SOLUTION].add(pk)
    return found
