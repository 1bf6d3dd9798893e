"""The list of each kind, narrowed by the filters in the address."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from solutions.enums import Kind
from solutions.filters import EntryFilter
from solutions.models import Entry
from solutions.queries import for_cards
from taxonomy.rules import active_language

PAGE_SIZE = 20
HEADINGS = {Kind.SOLUTION: _("Solutions"), Kind.OFFER: _("Offers"), Kind.DEMAND: _("Demands")}
INTRODUCTIONS = {
    Kind.SOLUTION: _("Practices that worked, documented by those who did the work."),
    Kind.OFFER: _("Standing offers of training, experts, study visits, equipment and funds."),
    Kind.DEMAND: _("What countries ask for, posted by their focal points."),
}


@require_safe
def entry_list(request: HttpRequest, kind: Kind) -> HttpResponse:
    """List the live entries of a kind that the reader may know of, narrowed by the filters in the address."""
    live = Entry.objects.live().visible_to(request.user).filter(kind=kind).newest_first()
    entries = for_cards(live, language=active_language())
    narrowed = EntryFilter(request.GET, entries, request=request)
    page = Paginator(narrowed.qs if narrowed.is_valid() else entries.none(), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "kind": kind,
        "heading": HEADINGS[kind],
        "introduction": INTRODUCTIONS[kind],
        "filter": narrowed,
        "page": page,
    }
    return render(request, "solutions/entry_list.html", context)
