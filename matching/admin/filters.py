"""What the list of matches can be narrowed by, each value with the number of matches there are of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.admin.base import numbers
from matching.admin.totals import totals
from matching.enums import Band, MatchState
from matching.models import Match, RankingRun
from solutions.models import Entry
from taxonomy.models import CountryGroup, Goal, Language, Region, Target
from taxonomy.queries import countries_in, countries_of

RECENT_RUNS = 10


class CountedFilter(admin.SimpleListFilter):
    """Offer the values that matches have, each with their number among all matches."""

    title: Any
    parameter_name: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        counts = totals(at=timezone.now())[0][self.parameter_name]
        chosen = self.value()
        named = [(code, name) for code, name in self.named(counts) if code in counts or code == chosen]
        unknown = [(chosen, chosen)] if chosen and chosen not in dict(named) else []
        return [(code, f"{name} ({counts.get(code, 0)})") for code, name in [*named, *unknown]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Match]) -> QuerySet[Match]:
        value = self.value()
        return self.narrowed(queryset, value) if value else queryset

    def named(self, codes: Iterable[str]) -> Iterable[tuple[str, str]]:
        """Return values and their names, in the order to show them."""
        raise NotImplementedError

    def narrowed(self, matches: QuerySet[Match], value: str) -> QuerySet[Match]:
        """Keep the matches with a value."""
        return matches.filter(**{self.parameter_name: value})


class StateFilter(CountedFilter):
    """Matches in a state."""

    title = _("state")
    parameter_name = "state"

    def named(self, codes: Iterable[str]) -> Iterable[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in MatchState]


class BandFilter(CountedFilter):
    """Matches as strong as a word says."""

    title = _("band")
    parameter_name = "band"

    def named(self, codes: Iterable[str]) -> Iterable[tuple[str, str]]:
        return [(band.value, str(band.label)) for band in Band]


class OverdueFilter(CountedFilter):
    """Matches whose limit is over."""

    title = _("overdue")
    parameter_name = "overdue"

    def named(self, codes: Iterable[str]) -> Iterable[tuple[str, str]]:
        return [("yes", str(_("Overdue")))]

    def narrowed(self, matches: QuerySet[Match], value: str) -> QuerySet[Match]:
        return matches.filter(due_at__lte=timezone.now())


class GoalFilter(CountedFilter):
    """Matches of demands for a goal."""

    title = _("goal")
    parameter_name = "goal"

    def named(self, codes: Iterable[str]) -> Iterable[tuple[str, str]]:
        return [(str(goal.pk), f"{goal.pk} {goal.name}") for goal in Goal.objects.ordered()]

    def narrowed(self, matches: QuerySet[Match], value: str) -> QuerySet[Match]:
        demands = Entry.objects.demands().filter(goals__in=numbers([value]))
        return matches.filter(demand__in=demands.values("pk"))


class TargetFilter(CountedFilter):
    """Matches of demands for a target."""

    title = _("target")
    parameter_name = "target"

    def named(self, codes: Iterable[str]) -> Iterable[tuple[str, str]]:
        return [(target.pk, str(target)) for target in Target.objects.ordered()]

    def narrowed(self, matches: QuerySet[Match], value: str) -> QuerySet[Match]:
        return matches.filter(demand__in=Entry.objects.demands().filter(targets=value).values("pk"))


class RegionFilter(CountedFilter):
    """Matches of demands from a region, those nested in it included."""

    title = _("region of the demand")
    parameter_name = "region"

    def named(self, codes: Iterable[str]) -> Iterable[tuple[str, str]]:
        return [(region.pk, region.name) for region in Region.objects.ordered()]

    def narrowed(self, matches: QuerySet[Match], value: str) -> QuerySet[Match]:
        return matches.filter(demand__country__in=countries_in([value]))


class GroupFilter(CountedFilter):
    """Matches of demands from a group of countries, as it is composed today."""

    title = _("country group of the demand")
    parameter_name = "group"

    def named(self, codes: Iterable[str]) -> Iterable[tuple[str, str]]:
        return [(group.pk, group.name) for group in CountryGroup.objects.ordered()]

    def narrowed(self, matches: QuerySet[Match], value: str) -> QuerySet[Match]:
        return matches.filter(demand__country__in=countries_of([value], on=timezone.localdate()))


class LanguagesFilter(CountedFilter):
    """Matches of a demand in one language with a supply in another, or the same."""

    title = _("languages of demand and supply")
    parameter_name = "languages"

    def named(self, codes: Iterable[str]) -> Iterable[tuple[str, str]]:
        names = {language.pk: language.name for language in Language.objects.ordered()}
        for code in sorted(codes):
            demand, _dash, supply = code.partition("-")
            yield code, f"{names.get(demand, demand)} ← {names.get(supply, supply)}"

    def narrowed(self, matches: QuerySet[Match], value: str) -> QuerySet[Match]:
        demand, _dash, supply = value.partition("-")
        return matches.filter(demand__language=demand, supply__language=supply)


class RunFilter(CountedFilter):
    """Matches that a run was the last to rank anew; the runs of late are offered."""

    title = _("run")
    parameter_name = "run"

    def named(self, codes: Iterable[str]) -> Iterable[tuple[str, str]]:
        known = [int(code) for code in codes if code.isdigit()]
        recent = RankingRun.objects.filter(pk__in=sorted(known)[-RECENT_RUNS:])
        return [(str(run.pk), str(run)) for run in recent.order_by("-pk")]

    def narrowed(self, matches: QuerySet[Match], value: str) -> QuerySet[Match]:
        return matches.filter(run__in=numbers([value]))


class DemandFilter(admin.SimpleListFilter):
    """Matches of one demand; reached by links, so that no list of demands has to be offered."""

    title = _("demand")
    parameter_name = "demand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        demand = Entry.objects.demands().filter(public_id=self.value() or "").only("title").first()
        return [(str(self.value()), demand.title)] if demand else []

    def has_output(self) -> bool:
        return bool(self.value())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Match]) -> QuerySet[Match]:
        value = self.value()
        return queryset.filter(demand__public_id=value) if value else queryset
