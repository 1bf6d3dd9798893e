"""A person's own notices."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from notifications.queries import notices_of
from notifications.services import headline, mark_read

PAGE_SIZE = 20
DIGITS = 18  # of a number that every database takes


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice_list(request: HttpRequest) -> HttpResponse:
    """List the reader's notices; POST marks one of them read (`notice`), or all."""
    reader = cast(User, request.user)
    if request.method == "POST":
        ids = [int(pk) for pk in request.POST.getlist("notice") if pk.isdecimal() and len(pk) <= DIGITS]
        mark_read(user=reader, at=timezone.now(), notice_ids=ids if "notice" in request.POST else None)
        return redirect(request.get_full_path())
    page = Paginator(notices_of(reader), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        (notice, headline(kind=notice.kind, recipient=reader, context=notice.context, path=notice.path))
        for notice in page
    ]
    return render(request, "notifications/notice_list.html", {"page": page, "rows": rows})
