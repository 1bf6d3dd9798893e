"""The request letter of a demand, given out to those who may read it."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from solutions.models import Demand
from solutions.services.entries import works_on


@login_required
@never_cache
@require_safe
def entry_letter(request: HttpRequest, public_id: str) -> FileResponse:
    """Give out a letter to be kept, never to be shown in the page's own name; to strangers there is none."""
    demand = get_object_or_404(Demand, public_id=public_id)
    letter = demand.request_letter
    if not letter or not works_on(request.user, demand):
        raise Http404
    answer = FileResponse(letter.open("rb"), as_attachment=True, filename=f"{public_id}{Path(str(letter.name)).suffix}")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
