"""The open archive: a page about it, and its files."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from solutions.services.archiving import MANIFEST, current_archive


@require_safe
def archive_page(request: HttpRequest) -> HttpResponse:
    """Show what the archive holds, under which licence, and how to check it."""
    return render(request, "solutions/archive.html", {"archive": current_archive(), "manifest": MANIFEST})


@require_safe
def archive_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a file of the archive that stands, unless the reader has it; 404 for what the manifest does not name."""
    archive = current_archive()
    file = archive.file(name) if archive else None
    if archive is None or (file is None and name != MANIFEST):
        raise Http404
    etag = f'"{file.sha256 if file else archive.folder.name}"'
    written = int(archive.made_at.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=written) or FileResponse(
        (archive.folder / name).open("rb"),
        content_type="application/x-ndjson" if file else "application/json",
        as_attachment=file is not None,
    )
    response.headers["ETag"], response.headers["Last-Modified"] = etag, http_date(written)
    return response
