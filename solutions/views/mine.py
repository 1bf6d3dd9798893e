"""The entries of one's own organisations: where each stands, how fresh it is, how often it was read."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.views.generic import ListView

from accounts.models import User
from solutions.enums import EntryState, Kind
from solutions.models import Entry, EntryEvent, EntryQuerySet
from solutions.services.entries import creatable
from solutions.views.moving import moves_for


class MyEntries(LoginRequiredMixin, ListView):  # type: ignore[type-arg]  # generic in the stubs only
    """List the entries of one's organisations, those changed last first; narrowed to a kind or a state."""

    template_name = "solutions/posting/my_entries.html"
    paginate_by = 25

    def get_queryset(self) -> EntryQuerySet:
        own = Entry.objects.filter(organisation_id__in=cast(User, self.request.user).roles)
        for name, allowed in (("kind", Kind.values), ("state", EntryState.values)):
            if (wanted := self.request.GET.get(name)) in allowed:
                own = own.filter(**{name: wanted})
        returned = EntryEvent.objects.filter(entry=OuterRef("pk"), to_state=EntryState.RETURNED).order_by("-at", "-pk")
        own = own.annotate(
            views=Coalesce(F("view_count__count"), 0),
            closes=Coalesce(F("demand__expiry_date"), F("offer__closing_date")),
            comment=Subquery(returned.values("note")[:1]),
        )
        return own.select_related("organisation").order_by("-updated_at", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kinds = creatable(cast(User, self.request.user))
        rows = [(entry, moves_for(self.request.user, entry)) for entry in context["page_obj"]]
        choices = {"creatable": kinds, "kinds": Kind, "states": EntryState}
        return {**context, "page": context["page_obj"], "rows": rows, **choices}
