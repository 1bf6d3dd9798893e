"""The list of matches by demand, and one match: the reasons, the two entries side by side, the history."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_list import ResultList, result_headers, results
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from matching.admin import comparing, filters, overview, pairing, queue
from matching.admin.base import ReadOnlyAdmin, curator
from matching.admin.columns import by_supply, languages, main_reasons, next_actor, score_bar, standing
from matching.admin.decisions import DECISIONS, action, offered
from matching.admin.files import TITLES, export
from matching.models import Match, MatchEvent, MatchMessage
from matching.queries import pair_of
from matching.services.comparing import MOST
from matching.services.explaining import Labels, in_words, objection, terms_of
from solutions.models import Demand, Entry
from solutions.models.entry import LongText

View = Callable[..., HttpResponse]


def _own_texts(entry: Entry) -> list[tuple[str, str]]:
    """Return the texts that only the entry's kind has, each with its name."""
    details = entry.details
    fields = [field for field in details._meta.local_fields if isinstance(field, LongText)]
    texts = [(str(field.verbose_name), str(getattr(details, field.name))) for field in fields]
    needs = details.needs.all() if isinstance(details, Demand) else []
    return [(name, text) for name, text in texts if text] + [(need.title, need.description) for need in needs]


class ByDemand(ChangeList):
    """The list of matches, its rows under the demand that they answer."""

    def headers(self) -> list[dict[str, Any]]:
        return list(result_headers(self))

    def groups(self) -> list[tuple[Demand, list[ResultList]]]:
        rows = zip(self.result_list, results(self), strict=True)
        grouped = [list(group) for _key, group in groupby(rows, key=lambda row: row[0].demand_id)]
        return [(group[0][0].demand, [cells for _match, cells in group]) for group in grouped]


class EventInline(admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The history of a match."""

    model = MatchEvent
    fields = readonly_fields = ("at", "act", "by", "actor", "from_state", "to_state", "reason_code", "note")
    extra = max_num = 0
    can_delete = False
    verbose_name_plural = _("history")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MatchEvent]:
        return super().get_queryset(request).select_related("by").order_by("at", "pk")


class MessageInline(admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    """What the two sides asked and answered."""

    model = MatchMessage
    fields = readonly_fields = ("at", "author", "actor", "kind", "text")
    extra = max_num = 0
    can_delete = False
    verbose_name_plural = _("conversation")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MatchMessage]:
        return super().get_queryset(request).select_related("author").order_by("at", "pk")


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    """Matches by demand, best first; decisions go through the services."""

    # The page of a match says these in words.
    exclude = ("explanation", "decided_by", "alarm_at", "focal_points_told_at", "publishers_told_at")
    list_display = (score_bar, "rank", standing, by_supply, next_actor, languages, main_reasons)
    list_display_links = (score_bar,)
    list_filter = (
        filters.DemandFilter,
        filters.OverdueFilter,
        filters.StateFilter,
        filters.BandFilter,
        filters.GoalFilter,
        filters.TargetFilter,
        filters.RegionFilter,
        filters.GroupFilter,
        filters.LanguagesFilter,
        filters.RunFilter,
    )
    list_select_related = ("demand__country", "supply__country")
    list_per_page = 50
    search_fields = ("demand__title", "supply__title")
    search_help_text = _("Words of the demand's or the supply's title")
    ordering = ("demand", "rank", "pk")
    sortable_by = ()
    actions = (
        *(action(decision) for decision in DECISIONS.values()), "compare_selected", *(export(name) for name in TITLES),
    )  # fmt: skip
    inlines = (EventInline, MessageInline)
    change_form_template = "admin/matching/match/change_form.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ByDemand

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "title": _("Matches by demand")})

    def get_urls(self) -> list[URLPattern]:
        """Put the desk's own pages before those of single matches."""
        pages: dict[str, tuple[str, View]] = {
            "queue": ("matching_queue", queue.show),
            "overview": ("matching_overview", overview.show),
            "compare": ("matching_compare", comparing.show),
            "pair": ("matching_pair", pairing.show),
            "rank": ("matching_rank", pairing.rank),
        }
        return [
            path(f"{address}/", self.admin_site.admin_view(self._on(view)), name=name)
            for address, (name, view) in pages.items()
        ] + super().get_urls()

    def _on(self, view: View) -> View:
        return lambda request: view(self, request)

    @admin.action(description=_("Compare selected matches of one demand"), permissions=["view"])
    def compare_selected(self, request: HttpRequest, queryset: QuerySet[Match]) -> HttpResponse | None:
        """Show two to four matches side by side."""
        chosen = list(queryset.values_list("pk", "demand_id").order_by("rank", "pk")[: MOST + 1])
        if not 1 < len(chosen) <= MOST or len({demand for _pk, demand in chosen}) > 1:
            text = gettext("Choose two to %(most)s matches of one demand to compare.")
            self.message_user(request, text % {"most": MOST}, messages.ERROR)
            return None
        query = "&".join(f"match={pk}" for pk, _demand in chosen)
        return HttpResponseRedirect(f"{reverse('admin:matching_compare')}?{query}")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        match = kwargs["obj"]
        pair = pair_of(match, user=curator(request))
        labels = Labels()
        context |= {
            "match": match,
            "standing": standing(match),
            "next_actor": next_actor(match),
            "decisions": offered(match),
            "sides": [(entry, _own_texts(entry)) for entry in pair],
            "explanation": in_words(match.explanation, labels),
            "excluded": objection(match.explanation, labels),
            "terms": terms_of(match.explanation, pair),
            "title": " ← ".join(entry.title for entry in pair),
            "subtitle": None,
        }
        return super().render_change_form(request, context, *args, **kwargs)
