"""Pages travel compressed; answers of the API do not, whose ETags name versions and would become weak."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPages(GZipMiddleware):
    """Compress pages for browsers that read gzip, padded at random so that lengths tell nothing (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path.startswith("/api/"):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed
