"""The entries of one's own organisations: where each stands, how fresh it is, how often it was read."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from solutions.enums import EntryState, Kind
from solutions.models import Entry, EntryEvent
from solutions.services.entries import creatable
from solutions.views.moving import moves_for

PAGE_SIZE = 25


@login_required
@require_safe
def my_entries(request: HttpRequest) -> HttpResponse:
    """List the entries of one's organisations, those changed last first; narrowed to a kind or a state."""
    user = cast(User, request.user)
    own = Entry.objects.filter(organisation_id__in=user.roles)
    for name, allowed in (("kind", Kind.values), ("state", EntryState.values)):
        if (wanted := request.GET.get(name)) in allowed:
            own = own.filter(**{name: wanted})
    returned = EntryEvent.objects.filter(entry=OuterRef("pk"), to_state=EntryState.RETURNED).order_by("-at", "-pk")
    own = own.annotate(
        views=Coalesce(F("view_count__count"), 0),
        closes=Coalesce(F("demand__expiry_date"), F("offer__closing_date")),
        comment=Subquery(returned.values("note")[:1]),
    )
    newest = own.select_related("organisation").order_by("-updated_at", "-pk")
    page = Paginator(newest, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(entry, moves_for(user, entry)) for entry in page]
    context = {"page": page, "rows": rows, "creatable": creatable(user), "kinds": Kind, "states": EntryState}
    return render(request, "solutions/posting/my_entries.html", context)
