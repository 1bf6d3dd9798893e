"""Reads of the catalogue, each with all that its page, endpoint or export needs, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Union

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Exists, F, FloatField, Func, Max, OuterRef, Prefetch, Q, QuerySet, Value

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.rules import PERMISSIONS
from solutions.enums import Kind
from solutions.models import Entry, EntryEvent, EntryQuerySet, EntryTranslation, NeedLine, Offer, SearchText, Solution
from solutions.rules import Vocabulary
from taxonomy.models import Country, CountryGroup, Goal, Language, Modality, Region, Sector, Target

Lookup = Union[str, "Prefetch[str, QuerySet[Any], Any]"]

GOALS: Lookup = Prefetch("goals", Goal.objects.ordered())
SUMMARY_FACETS: list[Lookup] = [
    GOALS,
    Prefetch("targets", Target.objects.ordered()),
    "sectors",
    "modalities",
]
RELATIONS: list[Lookup] = [
    *SUMMARY_FACETS,
    "working_languages",
    "solution__countries",
    "demand__preferred_regions",
    "demand__preferred_countries",
    "offer__eligible_countries",
    "offer__eligible_groups",
    "offer__past_recipients",
    Prefetch("demand__needs", NeedLine.objects.select_related("modality").order_by("position", "pk")),
]


def for_ranking(ids: Collection[int] | None = None) -> EntryQuerySet:
    """Return the entries to be ranked (of the given keys only) with all that a profile is made of."""
    entries = Entry.objects.rankable() if ids is None else Entry.objects.rankable().filter(pk__in=ids)
    return entries.select_related("solution", "demand", "offer").prefetch_related(*RELATIONS).order_by("pk")


def for_lists(kind: Kind, *, user: User | AnonymousUser) -> EntryQuerySet:
    """Return the live entries of a kind that a reader may know of, newest first, with all that is in their summary."""
    entries = Entry.objects.live().visible_to(user).filter(kind=kind)
    return entries.select_related("organisation").prefetch_related(*SUMMARY_FACETS).newest_first()


def with_everything(entries: EntryQuerySet, *, user: User | AnonymousUser) -> EntryQuerySet:
    """Add all that a detail page shows; linked solutions only where the reader may know of them.

    `whole` says whether the reader may read the entry whole, or only the fields of rules.SUMMARY_FIELDS.
    """
    known = Solution.objects.filter(pk__in=Entry.objects.visible_to(user).values("pk")).order_by("pk")
    links: list[Lookup] = [Prefetch("offer__linked_solutions", known), Prefetch("solution__adapted_from", known)]
    kinds = ("solution", "demand", "offer")
    entries = entries.annotate(whole=Exists(Entry.objects.readable_by(user).filter(pk=OuterRef("pk"))))
    return entries.select_related("organisation", "language", "country", *kinds).prefetch_related(*RELATIONS + links)


def with_translations(entries: EntryQuerySet) -> EntryQuerySet:
    """Add the translations that readers see."""
    finished = EntryTranslation.objects.shown().by_language().select_related("language")
    wanted: Lookup = Prefetch("translations", finished)
    return entries.prefetch_related(wanted)


def read_in(entries: EntryQuerySet, language: str) -> EntryQuerySet:
    """Add the entries' translations into a reader's language, by which `Entry.shown` tells what the reader sees."""
    finished = EntryTranslation.objects.shown().filter(language=language)
    wanted: Lookup = Prefetch("translations", finished, to_attr="read_in")
    return entries.prefetch_related(wanted)


def for_cards(entries: EntryQuerySet, *, language: str) -> EntryQuerySet:
    """Add what a page's list shows of each entry, to a reader of a language."""
    return read_in(entries.select_related("organisation", "country", "language").prefetch_related(GOALS), language)


def for_records(entries: EntryQuerySet) -> EntryQuerySet:
    """Add all that a record of the export holds."""
    links: list[Lookup] = ["offer__linked_solutions"]
    kinds = ("solution__adapted_from", "demand", "offer")
    return entries.select_related("organisation", *kinds).prefetch_related(*RELATIONS + links)


def built_on(entry: Entry, *, user: User | AnonymousUser, language: str) -> EntryQuerySet:
    """Return the live entries that go back to a solution, for a reader of a language; to other entries none does.

    They are its adaptations, and the offers that are made with it.
    """
    if entry.kind != Kind.SOLUTION:
        return Entry.objects.none()
    offers = Offer.linked_solutions.through._default_manager.filter(solution_id=entry.pk).values("offer_id")
    known = Entry.objects.live().visible_to(user).filter(Q(solution__adapted_from=entry.pk) | Q(pk__in=offers))
    return read_in(known.select_related("country", "language").newest_first(), language)


def editable_by(user: User) -> EntryQuerySet:
    """Return the entries that a person may change."""
    if user.is_curator:
        return Entry.objects.all()

    def where(permission: str) -> list[int]:
        return [key for key, held in user.roles.items() if held & PERMISSIONS[permission]]

    demands = Q(kind=Kind.DEMAND, organisation_id__in=where("entry.edit_demand"))
    supplies = Q(kind__in=(Kind.SOLUTION, Kind.OFFER), organisation_id__in=where("entry.edit_supply"))
    return Entry.objects.filter(demands | supplies)


def organisations_where(user: User, permission: str) -> QuerySet[Organisation]:
    """Return the organisations in which a person holds a permission, by name."""
    everywhere = user.is_superuser or (user.is_curator and Role.CURATOR in PERMISSIONS[permission])
    held = [key for key, roles in user.roles.items() if roles & PERMISSIONS[permission]]
    found = Organisation.objects.all() if everywhere else Organisation.objects.filter(pk__in=held)
    return found.order_by("name", "pk")


def by_ids(ids: Collection[str]) -> EntryQuerySet:
    """Return the entries that go by these ids: the id at the source, or the public id of this catalogue."""
    return Entry.objects.filter(Q(source_id__in=ids) | Q(public_id__in=ids))


def searched(words: str, *, user: User | AnonymousUser) -> EntryQuerySet:
    """Return the live entries that a reader may find by a query of the database's own syntax, with `relevance`.

    A demand that the reader sees in summary only is found by the words of its summary alone.
    """
    live = Entry.objects.live()
    readable = live.readable_by(user).values("pk")
    in_summary = live.visible_to(user).exclude(pk__in=readable).values("pk")
    scope = Q(search_texts__whole=True, pk__in=readable) | Q(search_texts__whole=False, pk__in=in_summary)
    # In one filter() the conditions meet in the same row; of an entry's rows one at most is for the reader.
    if connection.vendor == "postgresql":
        query = Func(Value(words), template="to_tsquery('simple', %(expressions)s)")
        rank = Func(F("search_texts__words"), query, Value(1), function="ts_rank", output_field=FloatField())
        return live.filter(scope, search_texts__words__match=words).annotate(relevance=rank)
    return live.filter(scope, search_texts__index__words__match=words).annotate(
        relevance=-F("search_texts__index__rank")
    )


def for_search(ids: Collection[int]) -> EntryQuerySet:
    """Return live entries with all that can be found in them and that a list of results shows."""
    related = ("solution", "demand", "offer", "organisation", "country", "language")
    needs: Lookup = Prefetch("demand__needs", NeedLine.objects.order_by("position", "pk"))
    return Entry.objects.live().filter(pk__in=ids).select_related(*related).prefetch_related(needs).order_by("pk")


def unread_by_search(analysis: str) -> EntryQuerySet:
    """Return the live entries whose words in the search index are not of this version or this analysis."""
    read = SearchText.objects.filter(entry=OuterRef("pk"), whole=True, version=OuterRef("version"), analysis=analysis)
    return Entry.objects.live().filter(~Exists(read)).order_by("pk")


def events_of(entry: Entry) -> QuerySet[EntryEvent]:
    """Return the moves of an entry, the last one first."""
    return EntryEvent.objects.filter(entry_id=entry.pk).select_related("by").order_by("-at", "-pk")


def entries_changed_at(kind: str, *, published: bool = False) -> datetime | None:
    """Return when an entry of a kind, or one that was ever published, last changed."""
    entries = Entry.objects.filter(kind=kind)
    if published:
        entries = entries.filter(published_at__isnull=False)
    last: datetime | None = entries.aggregate(last=Max("updated_at"))["last"]  # by index
    return last


def of_countries(entries: EntryQuerySet, countries: QuerySet[Country]) -> EntryQuerySet:
    """Keep the entries of these countries, and the solutions that ran there."""
    ran = Solution.countries.through._default_manager.filter(country_id__in=countries.values("pk"))
    return entries.filter(Q(country_id__in=countries.values("pk")) | Q(pk__in=ran.values("solution_id")))


def vocabulary() -> Vocabulary:
    """Return the codes that records may use: one query for each list."""
    return Vocabulary(
        goals=frozenset(Goal.objects.values_list("pk", flat=True)),
        targets=dict(Target.objects.values_list("pk", "goal_id")),
        countries=frozenset(Country.objects.values_list("pk", flat=True)),
        regions=frozenset(Region.objects.values_list("pk", flat=True)),
        groups=frozenset(CountryGroup.objects.values_list("pk", flat=True)),
        sectors=frozenset(Sector.objects.values_list("pk", flat=True)),
        modalities=frozenset(Modality.objects.values_list("pk", flat=True)),
        languages=frozenset(Language.objects.values_list("pk", flat=True)),
    )
