"""How many entries of a selection there are by kind, goal, region ..., for tiles, maps and facets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import Count, F

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
    own = entries.order_by().exclude(country=None).values_list("country_id", "kind").annotate(count=Count("pk"))
    for country, kind, count in own:
        found[str(country)][kind] += count
    elsewhere = _ran(entries).exclude(country_id=F("solution__country_id"))
    for country, count in elsewhere.values_list("country_id").annotate(count=Count("pk")):
        found[country][Kind.SOLUTION] += count
    return found


def by_region(entries: EntryQuerySet) -> Counts:
    """Count entries of each region, those of the regions nested in it included, as the filter by region finds them."""
    above = _regions_by_country()
    found: Counter[str] = Counter()
    for country, count in _by_column(entries.exclude(country=None), "country_id").items():
        for region in above[country]:
            found[region] += count
    ran: dict[str, set[int]] = defaultdict(set)
    for pk, country, home in _ran(entries).values_list("solution_id", "country_id", "solution__country_id"):
        for region in above[country] - above.get(home, frozenset()):
            ran[region].add(pk)
    return found + Counter({region: len(ids) for region, ids in ran.items()})


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


def _ran(entries: EntryQuerySet) -> Any:
    """Return the links from the solutions among the entries to the countries where they ran."""
    return Solution.countries.through._default_manager.filter(solution_id__in=entries.order_by().values("pk"))


def _regions_by_country() -> Mapping[str, frozenset[str]]:
    """Return the regions that hold each country."""
    parents = dict(Region.objects.values_list("pk", "parent_id"))
    found: dict[str, frozenset[str]] = {}
    for country, region in Country.objects.values_list("pk", "region_id"):
        chain = set()
        place: str | None = region
        while place:
            chain.add(place)
            place = parents[place]
        found[country] = frozenset(chain)
    return found
