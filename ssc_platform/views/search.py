"""The search page: everything, in any language, with facets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matching.services.searching import Found, Piece, narrowed, search, snippet
from matching.services.watching import PARAMETERS
from solutions.enums import Kind
from solutions.models import Entry
from solutions.queries import for_search, read_in
from solutions.services.counting import Counts, facets
from taxonomy.models import Goal, Language, Modality, Region
from taxonomy.queries import options
from taxonomy.rules import active_language

PAGE_SIZE = 10
REMOVABLE = ("country", "group", "target", "sector", "organisation")
"""Filters without a facet of their own; they are kept, and can be taken away."""


@dataclass(frozen=True)
class Option:
    """One value of a facet: how many entries it would leave."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """What the results can be narrowed by."""

    name: str
    label: str
    options: list[Option]

    @property
    def chosen(self) -> int:
        return sum(option.chosen for option in self.options)


@dataclass(frozen=True)
class Result:
    """An entry found, its title and text in pieces of which some are marked."""

    entry: Entry
    title: list[Piece]
    text: list[Piece]


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Find entries of every kind; the text and the filters are in the address."""
    text = request.GET.get("q", "")
    found = search(text=text, user=request.user)
    page = Paginator(narrowed(found.best_first(), request.GET), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "text": text.strip(),
        "found": found,
        "page": page,
        "results": list(_results(page.object_list, found, request)),
        "facets": list(_facets(found, request.GET)),
        "asked": [(name, value) for name in PARAMETERS for value in request.GET.getlist(name) if value.strip()],
        "kept": [(name, value) for name in REMOVABLE for value in request.GET.getlist(name)],
    }
    return render(request, "search.html", context)


def _results(entries: Any, found: Found, request: HttpRequest) -> Iterator[Result]:
    """Read the page's entries whole, in their order, and cut their snippets."""
    order = [entry.pk for entry in entries]
    readable = Entry.objects.readable_by(request.user).filter(pk=OuterRef("pk"))
    found_here = read_in(for_search(order).annotate(whole=Exists(readable)), active_language())
    by_pk = {entry.pk: entry for entry in found_here}
    for entry in (by_pk[pk] for pk in order if pk in by_pk):  # what was archived this moment is not
        whole = entry.whole  # type: ignore[attr-defined]  # annotated above
        yield Result(entry, *snippet(entry=entry, whole=whole, wanted=found.wanted))


def _facets(found: Found, chosen: QueryDict) -> Iterator[Facet]:
    counts = facets(lambda name: narrowed(found.entries, chosen, but=name))
    language = active_language()
    names: Mapping[str, tuple[str, Any]] = {
        "kind": (_("Kind"), list(Kind.choices)),
        "goal": (_("Goal"), [(str(goal.pk), f"{goal.pk} {goal.name}") for goal in Goal.objects.ordered()]),
        "region": (_("Region"), options(Region.objects.ordered(), language=language)),
        "modality": (_("Modality"), options(Modality.objects.ordered(), language=language)),
        "language": (_("Language of the text"), options(Language.objects.ordered(), language=language)),
    }
    for name, (label, values) in names.items():
        offered = list(_options(values, counts[name], chosen.getlist(name)))
        if offered:
            yield Facet(name, label, offered)


def _options(values: list[tuple[str, str]], counts: Counts, chosen: list[str]) -> Iterator[Option]:
    """Yield the values that would leave entries, and those chosen."""
    for value, label in values:
        if counts.get(value) or value in chosen:
            yield Option(value, label, counts.get(value, 0), value in chosen)
