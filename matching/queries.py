"""Reads of matches and of the people they concern."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, Q, QuerySet

from accounts.models import User
from matching.enums import Band, MatchState
from matching.models import Match, MatchEvent, MatchMessage, MatchQuerySet
from solutions.enums import Visibility
from solutions.lifecycle import LIVE
from solutions.models import Entry, NeedLine
from solutions.queries import by_ids, with_everything
from taxonomy.models import Country


def entry_called(name: str) -> Entry | None:
    """Return the entry with a public id, or else with that id at its source."""
    found = {entry.public_id == name: entry for entry in by_ids([name])}
    return found.get(True) or found.get(False)


def for_reading(matches: MatchQuerySet) -> MatchQuerySet:
    """Add what a list of matches shows of the supplies."""
    return matches.select_related("supply__organisation", "supply__country", "supply__language")


def pair_of(match: Match, *, user: User) -> tuple[Entry, Entry]:
    """Return the demand and the supply of a match, in whatever state, with all that a comparison shows."""
    entries = with_everything(Entry.objects.filter(pk__in=(match.demand_id, match.supply_id)), user=user)
    found = {entry.pk: entry for entry in entries}
    return found[match.demand_id], found[match.supply_id]


def untold_to_publishers() -> MatchQuerySet:
    """Return strong and good open matches that the supply's publishers were not told of, best first.

    Matches of demands that nobody outside the demand's organisation may read are left out.
    """
    untold = Match.objects.open().filter(publishers_told_at=None, band__in=(Band.STRONG, Band.GOOD))
    shared = untold.filter(demand__state__in=LIVE).exclude(demand__visibility=Visibility.PRIVATE)
    return shared.order_by("-score", "pk")


def needs_of(*demand_ids: int) -> QuerySet[NeedLine]:
    """Return the need lines of demands, each one's in their order."""
    lines = NeedLine.objects.filter(demand_id__in=demand_ids).select_related("modality")
    return lines.order_by("demand_id", "position", "pk")


def for_coverage(demand_ids: Collection[int], *, user: User) -> MatchQuerySet:
    """Return the matches of demands that a reader knows of, best first, with what the coverage of needs hangs on."""
    known = Match.objects.visible_to(user).shown().filter(demand_id__in=demand_ids)
    return known.select_related("supply__organisation").prefetch_related("needs", "supply__modalities").best_first()


def with_sides(matches: MatchQuerySet) -> MatchQuerySet:
    """Add the two entries of each match with their organisations, by which it is known who may do what."""
    sides = [f"{side}__{name}" for side in ("demand", "supply") for name in ("organisation", "country", "language")]
    return matches.select_related(*sides)


def in_progress(user: User) -> MatchQuerySet:
    """Return the matches of a reader's organisations that somebody has taken up, the next limit first."""
    ours = Q(demand__organisation_id__in=user.roles) | Q(supply__organisation_id__in=user.roles)
    taken_up = Match.objects.visible_to(user).shown().exclude(state=MatchState.PROPOSED).filter(ours)
    return with_sides(taken_up).order_by(F("due_at").asc(nulls_last=True), "-changed_at", "pk")


def waiting_for(user: User) -> MatchQuerySet:
    """Return the matches in which a reader's organisations have to act, the next limit first.

    Of proposals, which are many, these are the ones that carry the limit of their demand.
    """
    asking, offering = (Q(**{f"{side}__organisation_id__in": user.roles}) for side in ("demand", "supply"))
    turn = (
        (asking & Q(state=MatchState.PROPOSED, due_at__isnull=False))
        | (asking & Q(state=MatchState.INTRODUCED, demand_answer=""))
        | (asking & Q(state=MatchState.INTERESTED))
        | (offering & Q(state=MatchState.INTRODUCED, supply_answer=""))
    )
    return with_sides(Match.objects.visible_to(user).filter(turn)).order_by(F("due_at").asc(nulls_last=True), "pk")


def history_of(match: Match) -> QuerySet[MatchEvent]:
    """Return what happened to a match, the last thing first."""
    return MatchEvent.objects.filter(match_id=match.pk).select_related("by").order_by("-at", "-pk")


def conversation_of(match: Match) -> QuerySet[MatchMessage]:
    """Return what was asked and answered on a match, from the beginning."""
    messages = MatchMessage.objects.filter(match_id=match.pk)
    return messages.select_related("author").order_by("at", "pk")


def agreed_with(user: User | AnonymousUser) -> MatchQuerySet:
    """Return the agreements between entries that a reader may read whole; pages count them by country, no more."""
    readable = Entry.objects.readable_by(user).live()
    agreed = Match.objects.filter(state=MatchState.AGREED)
    return agreed.filter(demand_id__in=readable.values("pk"), supply_id__in=readable.values("pk"))


def partners_of(country: Country, user: User | AnonymousUser) -> dict[str, int]:
    """Count a country's agreements by the country of the other side, where it has one."""
    agreed = agreed_with(user).exclude(demand__country=F("supply__country")).order_by()
    found: dict[str, int] = {}
    for own, other in (("demand", "supply"), ("supply", "demand")):
        rows = agreed.filter(**{f"{own}__country": country}).exclude(**{f"{other}__country": None})
        for code, count in rows.values_list(f"{other}__country_id").annotate(count=Count("pk")):
            found[code] = found.get(code, 0) + count
    return found


def overdue(*, at: datetime) -> MatchQuerySet:
    """Return the matches whose limit is over, the longest overdue first, with their two sides."""
    return with_sides(Match.objects.overdue(at=at)).order_by("due_at", "pk")


def awaiting_introduction() -> MatchQuerySet:
    """Return the shortlisted matches that curators have to introduce, the longest waiting first."""
    waiting = Match.objects.filter(state=MatchState.SHORTLISTED)
    return with_sides(waiting).order_by("state_since", "pk")
