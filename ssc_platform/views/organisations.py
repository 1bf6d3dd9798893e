"""Pages of organisations."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Organisation
from solutions.models import Entry
from solutions.queries import for_cards
from solutions.services.counting import by_kind
from taxonomy.rules import active_language

PAGE_SIZE = 20
ORGANISATIONS_A_PAGE = 50


@require_safe
def organisation_index(request: HttpRequest) -> HttpResponse:
    """List the organisations that a reader may know of, with how many entries the reader may see of each."""
    visible = Entry.objects.live().visible_to(request.user)
    shown = Q(entries__in=visible.values("pk"))
    organisations = (
        Organisation.objects.visible_to(request.user)
        .select_related("country")
        .annotate(entry_count=Count("entries", filter=shown))
        .order_by("name", "pk")
    )
    page = Paginator(organisations, ORGANISATIONS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "organisations.html", {"page": page})


@require_safe
def organisation_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an organisation and what it has in the catalogue."""
    organisations = Organisation.objects.visible_to(request.user).select_related("country")
    organisation = get_object_or_404(organisations, slug=slug)
    entries = Entry.objects.live().visible_to(request.user).filter(organisation=organisation)
    cards = for_cards(entries.newest_first(), language=active_language())
    page = Paginator(cards, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"organisation": organisation, "counts": by_kind(entries), "page": page}
    return render(request, "organisation.html", context)
