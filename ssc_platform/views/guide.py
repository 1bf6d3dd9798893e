"""Help: the guide for each role, and the words of the platform."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ssc_platform.guides import GUIDES, TERMS


@require_safe
def guide_index(request: HttpRequest) -> HttpResponse:
    """List the guides."""
    return render(request, "guide.html", {"guides": GUIDES})


@require_safe
def guide_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the guide of a role, step by step."""
    guide = next((guide for guide in GUIDES if guide.slug == slug), None)
    if guide is None:
        raise Http404
    return render(request, "guide.html", {"guides": GUIDES, "guide": guide})


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Say what the words mean that the platform uses in a sense of their own."""
    return render(request, "terms.html", {"terms": TERMS})
