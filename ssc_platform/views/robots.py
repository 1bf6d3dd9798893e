"""What search engines may read."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

CLOSED = ("/admin/", "/accounts/", "/api/", "/desk/", "/notices/", "/matches/", "/search/")
"""Pages of one's own, and addresses without end."""


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Keep robots to the public pages, and name the sitemap."""
    closed = "".join(f"Disallow: {path}\n" for path in CLOSED)
    text = f"User-agent: *\n{closed}\nSitemap: {settings.SITE_URL}{reverse('sitemap')}\n"
    return HttpResponse(text, content_type="text/plain")
