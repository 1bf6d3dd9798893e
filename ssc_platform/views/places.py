"""Pages of goals, regions and countries: what is there, and who could help whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Organisation
from matching.queries import partners_of
from solutions.enums import Kind
from solutions.models import Entry, EntryQuerySet, Offer, Solution
from solutions.queries import of_countries, read_in
from solutions.services.counting import by_country, by_goal, by_kind, by_modality, by_target
from ssc_platform.worldmap import dots, standings
from taxonomy.models import Country, CountryGroup, Goal, Modality, Region
from taxonomy.queries import countries_in
from taxonomy.rules import active_language, sort_key

SHOWN = 5
MOST_PARTNERS = 24
KINDS = (Kind.DEMAND, Kind.SOLUTION, Kind.OFFER)


@require_safe
def goal_page(request: HttpRequest, number: int) -> HttpResponse:
    """Show a goal: its targets with counts, its latest needs, solutions and offers, and the countries at work on it."""
    goal = get_object_or_404(Goal, pk=number)
    entries = _visible(request).filter(pk__in=Entry.goals.through.objects.filter(goal=goal).values("entry_id"))
    targets = by_target(entries)
    context = {
        "goal": goal,
        "query": f"goal={goal.pk}",
        "targets": [(target, targets.get(target.pk, 0)) for target in goal.targets.order_by("position")],
        **_shelves(entries),
        **_map(entries),
    }
    return render(request, "goal.html", context)


@require_safe
def region_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a region: the regions within, its countries with counts, what it needs and what it can give."""
    region = get_object_or_404(Region.objects.select_related("parent__parent"), pk=code)
    entries = of_countries(_visible(request), countries_in([region.pk]))
    countries = set(countries_in([region.pk]).values_list("pk", flat=True))
    context = {
        "region": region,
        "query": f"region={region.pk}",
        "above": region.chain()[:0:-1],
        "within": _by_name(region.children.all()),
        "goals": _goals(entries),
        **_shelves(entries),
        **_map(entries, only=countries),
    }
    return render(request, "region.html", context)


@require_safe
def country_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a country: what it needs, what it is strong in, whom it works with."""
    country = get_object_or_404(Country.objects.select_related("region__parent__parent"), pk=code.upper())
    entries = of_countries(_visible(request), Country.objects.filter(pk=country.pk))
    groups = CountryGroup.objects.filter(pk__in=country.groups_at(timezone.now().date()))
    context = {
        "country": country,
        "query": f"country={country.pk}",
        "above": country.regions()[::-1],
        "groups": _by_name(groups),
        "needed": _goals(entries.demands()),
        "strong": _goals(entries.supplies()),
        "ways": _modalities(entries.supplies()),
        "agreements": _agreements(country, request),
        "partners": _partners(country, _visible(request)),
        "organisations": Organisation.objects.visible_to(request.user).filter(country=country).order_by("name", "pk"),
        **_shelves(entries),
    }
    return render(request, "country.html", context)


@require_safe
def place_index(request: HttpRequest) -> HttpResponse:
    """List the regions, and the countries that have entries."""
    regions = _by_name(Region.objects.filter(parent__parent=None).exclude(parent=None).select_related("parent"))
    return render(request, "places.html", {"regions": regions, **_map(_visible(request))})


def _visible(request: HttpRequest) -> EntryQuerySet:
    return Entry.objects.live().visible_to(request.user)


def _shelves(entries: EntryQuerySet) -> dict[str, Any]:
    """Return the latest entries of each kind and how many there are."""
    related = entries.select_related("organisation", "country", "language")
    newest = read_in(related, active_language()).newest_first()
    counts = by_kind(entries)
    shelves = [(kind, counts[kind], newest.filter(kind=kind)[:SHOWN]) for kind in KINDS]
    return {"counts": counts, "shelves": shelves}


def _map(entries: EntryQuerySet, *, only: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the dots of the map and the table beside it; `only` these countries, although solutions ran in others."""
    counts = by_country(entries)
    if only is not None:
        counts = {code: counts[code] for code in only if code in counts}
    places = standings(counts, on=timezone.now().date())
    return {"places": [place for place in places if place.total], "dots": dots(places)}


def _goals(entries: EntryQuerySet) -> list[tuple[Goal, int]]:
    counts = by_goal(entries)
    goals = [(goal, counts[str(goal.pk)]) for goal in Goal.objects.ordered() if str(goal.pk) in counts]
    return sorted(goals, key=lambda pair: -pair[1])


def _modalities(entries: EntryQuerySet) -> list[tuple[Modality, int]]:
    counts: Mapping[str, int] = by_modality(entries)
    found = [(modality, counts[modality.pk]) for modality in Modality.objects.filter(pk__in=counts).order_by("pk")]
    return sorted(found, key=lambda pair: -pair[1])


def _agreements(country: Country, request: HttpRequest) -> list[tuple[Country, int]]:
    """Return the countries with which a country has agreed matches, and how many, those with most first."""
    counts = partners_of(country, request.user)
    found = [(one, counts[one.pk]) for one in _by_name(Country.objects.filter(pk__in=counts))]
    return sorted(found, key=lambda pair: -pair[1])


def _partners(country: Country, visible: EntryQuerySet) -> list[Country]:
    """Return the countries that a country's supplies went to, and those whose solutions ran there."""
    supplies = visible.supplies()
    ran = Solution.countries.through.objects.filter(solution_id__in=supplies.values("pk"))
    received = Offer.past_recipients.through.objects.filter(offer_id__in=supplies.values("pk"))
    codes = {
        *ran.filter(solution__country=country).values_list("country_id", flat=True),
        *ran.filter(country=country).values_list("solution__country_id", flat=True),
        *received.filter(offer__country=country).values_list("country_id", flat=True),
        *received.filter(country=country).values_list("offer__country_id", flat=True),
    }
    return _by_name(Country.objects.filter(pk__in=codes - {None, country.pk}))[:MOST_PARTNERS]


def _by_name(rows: Iterable[Any]) -> list[Any]:
    language = active_language()
    return sorted(rows, key=lambda row: sort_key(row.name_in(language), language))
