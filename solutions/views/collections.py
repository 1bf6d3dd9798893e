"""Pages of collections."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from solutions.models import Entry
from solutions.models.collection import Collection
from solutions.queries import for_cards
from taxonomy.rules import active_language

PAGE_SIZE = 20


@require_safe
def collection_list(request: HttpRequest) -> HttpResponse:
    """List the published collections, with how many of their entries the reader may know of."""
    visible = Entry.objects.live().visible_to(request.user)
    found = Collection.objects.published().prefetch_related("texts").newest_first()
    counted = found.annotate(entry_count=Count("entries", filter=Q(entries__in=visible.values("pk"))))
    page = Paginator(counted, PAGE_SIZE).get_page(request.GET.get("page"))
    language = active_language()
    rows = [(collection, collection.text_in(language)) for collection in page]
    return render(request, "solutions/collection_list.html", {"page": page, "rows": rows})


@require_safe
def collection_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a collection: its text, and its entries in their order, as far as the reader may know of them."""
    collection = get_object_or_404(Collection.objects.published().prefetch_related("texts"), slug=slug)
    language = active_language()
    visible = Entry.objects.live().visible_to(request.user).filter(places__collection=collection)
    entries = for_cards(visible.order_by("places__position", "places__pk"), language=language)
    page = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"collection": collection, "text": collection.text_in(language), "page": page}
    return render(request, "solutions/collection_page.html", context)
