"""The API's reference pages: Swagger UI and Redoc, offline and under the site's content security policy."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from csp.decorators import csp_update
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView

REDOC = "drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"
FOREIGN_LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
REDOC_STYLES = [
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
]
"""Digests of the style elements that Redoc makes: of nothing (filled by rules afterwards), and of its scroll bar."""


class Swagger(SpectacularSwaggerSplitView):
    """Try the API out; the script that starts it is a request of its own, since no page has inline scripts."""

    url_name = "api-schema"
    template_name = "api/swagger.html"


@method_decorator(csp_update({"style-src": REDOC_STYLES}), name="dispatch")
class Redoc(SpectacularRedocView):
    """Read the API's reference."""

    url_name = "api-schema"
    template_name = "api/redoc.html"


def redoc_script(_request: HttpRequest) -> HttpResponse:
    """Serve Redoc's script, without the logo that it would fetch from another host."""
    return HttpResponse(_redoc(), content_type="text/javascript")


@cache
def _redoc() -> str:
    path: Any = finders.find(REDOC)
    return Path(path).read_text(encoding="utf-8").replace(FOREIGN_LOGO, static("site/icon.svg"))
