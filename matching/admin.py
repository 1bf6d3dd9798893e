"""The curators' desk for matches: read the reasons, compare the two entries, decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from matching.engine.explain import FEATURES
from matching.forms import DismissalForm, NoteForm
from matching.models import Match, MatchEvent, RankingRun
from matching.queries import pair_of
from matching.services.curation import dismiss, reopen, shortlist
from matching.services.explaining import Labels, in_words, shared_words
from matching.templatetags.matching_words import as_equal, points
from solutions.models import Demand, Entry
from solutions.models.entry import LongText
from solutions.queries import countries_in
from taxonomy.models import Goal, Language, Region

SHOWN_WORDS = 3
SHOWN_FEATURES = 3
COUNTED = 5_000
"""Rows a list counts up to: pages beyond are reached by filters, not by turning them."""


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Count no further than anybody turns pages, so that a list costs the same however many rows there are."""

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Model]", self.object_list)
        return rows.order_by()[:COUNTED].count()


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Show rows that only services write."""

    show_full_result_count = False
    paginator = BoundedPaginator

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [field.name for field in self.model._meta.fields]


def _own_texts(entry: Entry) -> list[tuple[str, str]]:
    """Return the texts that only the entry's kind has, each with its name."""
    details = entry.details
    fields = [field for field in details._meta.local_fields if isinstance(field, LongText)]
    texts = [(str(field.verbose_name), str(getattr(details, field.name))) for field in fields]
    needs = details.needs.all() if isinstance(details, Demand) else []
    return [(name, text) for name, text in texts if text] + [(need.title, need.description) for need in needs]


def _titled(entry: Entry, note: str) -> SafeString:
    return format_html('<bdi lang="{}">{}</bdi><br><small>{}</small>', entry.language_id, entry.title, note)


class GoalFilter(admin.SimpleListFilter):
    """Matches of demands for a goal."""

    title = _("goal")
    parameter_name = "goal"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(goal.pk), f"{goal.pk} {goal.name}") for goal in Goal.objects.ordered()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Match]) -> QuerySet[Match]:
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(demand__in=Entry.objects.demands().filter(goals=int(value)).values("pk"))


class RegionFilter(admin.SimpleListFilter):
    """Matches of demands from a region, those nested in it included."""

    title = _("region of the demand")
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(region.pk, region.name) for region in Region.objects.ordered()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Match]) -> QuerySet[Match]:
        value = self.value()
        return queryset.filter(demand__country__in=countries_in([value])) if value else queryset


class DemandLanguageFilter(admin.SimpleListFilter):
    """Matches of demands written in a language."""

    title = _("language of the demand")
    parameter_name = "demand_language"
    side = "demand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(language.pk, language.name) for language in Language.objects.ordered()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Match]) -> QuerySet[Match]:
        value = self.value()
        return queryset.filter(**{f"{self.side}__language": value}) if value else queryset


class SupplyLanguageFilter(DemandLanguageFilter):
    """Matches with supplies written in a language."""

    title = _("language of the supply")
    parameter_name = "supply_language"
    side = "supply"


class EventInline(admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The history of a match."""

    model = MatchEvent
    fields = readonly_fields = ("at", "by", "from_state", "to_state", "reason_code", "note")
    extra = max_num = 0
    can_delete = False
    verbose_name_plural = _("history")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MatchEvent]:
        return super().get_queryset(request).select_related("by").order_by("at", "pk")


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    """Matches by demand, best first; decisions go through the services."""

    list_display = ("score_bar", "rank", "state", "for_demand", "by_supply", "languages", "main_reasons")
    list_display_links = ("score_bar",)
    list_filter = ("state", "band", GoalFilter, RegionFilter, DemandLanguageFilter, SupplyLanguageFilter)
    list_select_related = ("demand__country", "supply__country")
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    search_fields = ("demand__title", "supply__title")
    search_help_text = _("Words of the demand's or the supply's title")
    ordering = ("demand", "rank", "pk")
    sortable_by = ("rank",)
    actions = ("shortlist_selected", "dismiss_selected", "reopen_selected")
    inlines = (EventInline,)
    change_form_template = "admin/matching/match/change_form.html"

    class Media:
        css = {"all": ("matching/admin.css",)}

    @admin.display(description=_("score"), ordering="score")
    def score_bar(self, match: Match) -> SafeString:
        """Draw the score as a meter and write it, with its band."""
        bar = '<meter min="0" max="1" value="{}" aria-label="{}"></meter> {}<br><small>{}</small>'
        return format_html(bar, f"{match.score:.3f}", _("Score"), points(match.score), match.get_band_display())

    @admin.display(description=_("demand"), ordering="demand")
    def for_demand(self, match: Match) -> SafeString:
        return _titled(match.demand, str(match.demand.country or _("global")))

    @admin.display(description=_("supply"))
    def by_supply(self, match: Match) -> SafeString:
        supply = match.supply
        return _titled(supply, f"{supply.country or _('global')}, {supply.get_kind_display()}")

    @admin.display(description=_("languages"))
    def languages(self, match: Match) -> str:
        return f"{match.demand.language_id} ← {match.supply.language_id}"

    @admin.display(description=_("main reasons"))
    def main_reasons(self, match: Match) -> SafeString:
        """Write the words both share and the facets that give most."""
        reasons = match.explanation["reasons"]
        words = dict.fromkeys(as_equal(pair) for pair in shared_words(match.explanation, most=SHOWN_WORDS))
        best = sorted(reasons, key=lambda reason: -reason["weight"] * reason["value"])[:SHOWN_FEATURES]
        parts = [f"{gettext(FEATURES[r['feature']])} {points(r['weight'] * r['value'])}" for r in best]
        return format_html("{}<br><small>{}</small>", "; ".join(words), "; ".join(parts))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        match = kwargs["obj"]
        explanation = in_words(match.explanation, Labels())
        pair = pair_of(match, user=cast(User, request.user))
        title = " ← ".join(entry.title for entry in pair)
        sides = [(entry, _own_texts(entry)) for entry in pair]
        context |= {"match": match, "sides": sides, "explanation": explanation, "title": title, "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description=_("Shortlist selected matches"), permissions=["change"])
    def shortlist_selected(self, request: HttpRequest, queryset: QuerySet[Match]) -> HttpResponse | None:
        return self._decide(request, queryset, "shortlist_selected", shortlist, NoteForm)

    @admin.action(description=_("Dismiss selected matches"), permissions=["change"])
    def dismiss_selected(self, request: HttpRequest, queryset: QuerySet[Match]) -> HttpResponse | None:
        return self._decide(request, queryset, "dismiss_selected", dismiss, DismissalForm)

    @admin.action(description=_("Reopen dismissed matches"), permissions=["change"])
    def reopen_selected(self, request: HttpRequest, queryset: QuerySet[Match]) -> HttpResponse | None:
        return self._decide(request, queryset, "reopen_selected", reopen, NoteForm)

    def _decide(
        self,
        request: HttpRequest,
        queryset: QuerySet[Match],
        action: str,
        service: Callable[..., None],
        form_class: type[NoteForm],
    ) -> HttpResponse | None:
        """Ask for reason and note once for all selected matches, then decide each by itself and say how it went.

        The page remembers the version of each match it showed: what someone else moved meanwhile is refused.
        """
        matches = list(queryset.select_related("demand", "supply").order_by("pk"))
        form = form_class(request.POST if "decide" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": dict(self.get_action_choices(request))[action],
                "opts": self.opts,
                "matches": matches,
                "form": form,
                "action": action,
                "media": self.media,
                "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/matching/decide.html", context)
        done = 0
        for match in matches:
            seen = request.POST.get(f"version_{match.pk}", "")
            match.version = int(seen) if seen.isascii() and seen.isdigit() else 0
            try:
                service(match=match, by=cast(User, request.user), at=timezone.now(), **form.cleaned_data)
            except DomainError as error:
                self.message_user(request, f"{match.demand.title} ← {match.supply.title}: {error}", messages.ERROR)
            else:
                done += 1
                state = match.get_state_display()
                self.message_user(request, f"{match.demand.title} ← {match.supply.title}: {state}", messages.SUCCESS)
        if len(matches) > 1:
            counted = ngettext(
                "%(done)s of %(all)s match decided.", "%(done)s of %(all)s matches decided.", len(matches)
            )
            self.message_user(request, counted % {"done": done, "all": len(matches)})
        return None


@admin.register(RankingRun)
class RankingRunAdmin(ReadOnlyAdmin):
    """Every ranking run: what it covered, what came out, how long it took."""

    list_display = (
        "started_at", "scope", "entry", "state", "demand_count", "supply_count", "new_count", "moved_count",
        "gone_count", "duration", "engine_version",
    )  # fmt: skip
    list_filter = ("scope", "state")
    list_select_related = ("entry",)
    ordering = ("-pk",)

    @admin.display(description=_("seconds"))
    def duration(self, run: RankingRun) -> str:
        return f"{(run.finished_at - run.started_at).total_seconds():.1f}" if run.finished_at else "–"

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
