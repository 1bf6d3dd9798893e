"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from matching.queries import agreed_with
from solutions.models import Collection, Entry
from solutions.queries import read_in
from solutions.services.counting import by_country, by_goal, by_kind
from ssc_platform.worldmap import dots, standings
from taxonomy.models import Goal
from taxonomy.rules import active_language

LATEST = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the search box, the figures, the goals and the map with their counts, open needs and what came last."""
    language, today = active_language(), timezone.now().date()
    visible = Entry.objects.live().visible_to(request.user)
    goal_counts = by_goal(visible)
    places = standings(by_country(visible), on=today)
    newest = read_in(visible.select_related("country", "language").newest_first(), language)
    needs = newest.demands().exclude(demand__expiry_date__lt=today)
    collections = Collection.objects.published().prefetch_related("texts").newest_first()[:LATEST]
    context = {
        "collections": [(collection, collection.text_in(language)) for collection in collections],
        "counts": by_kind(visible),
        "country_count": sum(place.total > 0 for place in places),
        "agreement_count": agreed_with(request.user).count(),
        "goals": [(goal, goal_counts.get(str(goal.pk), 0)) for goal in Goal.objects.ordered()],
        "places": [place for place in places if place.total],
        "dots": dots(places),
        "open_count": needs.count(),
        "needs": needs[:LATEST],
        "latest": newest.supplies()[:LATEST],
    }
    return render(request, "home.html", context)
