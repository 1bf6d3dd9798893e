"""Bring the matches of some demands up to date: only what changed is written, what people decided stays."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from matching.corpus import Corpus, profile_of
from matching.engine.segments.counts import Document
from matching.engine.segments.exclusions import Exclusions
from matching.engine.segments.profiles import Profiles
from matching.engine.segments.reverse import Standing
from matching.engine.types import Hit, Profile, Ranking
from matching.enums import Band, Change, ChangeReason, Mark, MatchState
from matching.lifecycle import RANKED
from matching.models import Match, MatchEvent, RankedDemand, RankingRun
from matching.rules.changing import Basis, Supply, why
from matching.services.recording import upsert
from matching.services.telling import tell_focal_points
from solutions.models import Entry
from solutions.queries import for_ranking

REFRESHED = ("score", "rank", "band", "explanation", "run")
RESTS_ON = tuple(column.name for column in RankedDemand._meta.concrete_fields if not column.primary_key)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Proposed:
    """Say what became of some demands: each new, moved and gone match with its reason, and what went wrong."""

    changes: list[dict[str, object]] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Plan:
    """Hold what is to be written for one demand."""

    demand: Entry
    matches: Mapping[int, Match]
    names: Mapping[int, str]  # public ids of its supplies, by key
    profile: Profile | None
    before: RankedDemand | None
    listed: dict[int, Hit] = field(default_factory=dict)
    gone: list[Match] = field(default_factory=list)
    excluded: dict[int, str] = field(default_factory=dict)
    standing: RankedDemand | None = None


@dataclass(slots=True)
class _Pair:
    """Be one match that is new, moved or gone."""

    kind: Change
    plan: _Plan
    supply_id: int
    match: Match | None = None
    hit: Hit | None = None
    why: ChangeReason | None = None


@transaction.atomic
def propose(*, demand_ids: Collection[int], corpus: Corpus, run: RankingRun, at: datetime) -> Proposed:
    """Rank some demands and write the difference, in one transaction.

    Runs on one demand wait for each other at its row, so that a pair is proposed once. Matches that a person decided
    or pinned take no place in the list; their score is refreshed, their state is not, save that a pin on an entry
    which nobody can read any more does not keep it proposed. Focal points hear of it here and now, and the demands
    are no longer due. One that cannot be ranked is left as it is and does not keep the others from being ranked.
    """
    done = Proposed()
    plans = []
    for plan in _read(demand_ids, at=at):
        try:
            _rank(plan, corpus=corpus, run=run, at=at)
        except Exception as error:  # whatever one demand trips over, the others are ranked; no query is made here
            logger.exception("Demand %s cannot be ranked.", plan.demand.pk)
            done.failed[plan.demand.pk] = f"{type(error).__name__}: {error}"
        else:
            plans.append(plan)
    done.changes.extend(_write(plans, corpus=corpus, run=run, at=at))
    for plan in plans:
        if plan.listed.keys() - plan.matches.keys() or any(_is_untold(match) for match in plan.matches.values()):
            tell_focal_points(demand=plan.demand, at=at)
    due = {plan.demand.pk: plan.demand.ranking_due_at for plan in plans if plan.demand.ranking_due_at}
    for since in set(due.values()):
        keys = [pk for pk, waiting in due.items() if waiting == since]
        Entry.objects.filter(pk__in=keys, ranking_due_at=since).update(ranking_due_at=None)
    return done


def _is_untold(match: Match) -> bool:
    return match.state == MatchState.PROPOSED and match.band != Band.WEAK and match.focal_points_told_at is None


def _read(demand_ids: Collection[int], *, at: datetime) -> list[_Plan]:
    """Lock the demands and read all that their ranking needs: as many queries for one as for many."""
    locked = Entry.objects.select_for_update(no_key=True).filter(pk__in=demand_ids)
    demands = list(locked.order_by("pk"))
    profiles = {entry.pk: profile_of(entry, on=at.date()) for entry in for_ranking(demand_ids).demands()}
    before = RankedDemand.objects.in_bulk(list(demand_ids))
    matches: dict[int, dict[int, Match]] = {demand.pk: {} for demand in demands}
    names: dict[int, dict[int, str]] = {demand.pk: {} for demand in demands}
    rows = Match.objects.filter(demand_id__in=demand_ids).annotate(supply_name=F("supply__public_id"))
    for match in rows.order_by("pk"):
        matches[match.demand_id][match.supply_id] = match
        names[match.demand_id][match.supply_id] = match.supply_name  # type: ignore[attr-defined]  # annotated above
    return [
        _Plan(demand, matches[demand.pk], names[demand.pk], profiles.get(demand.pk), before.get(demand.pk))
        for demand in demands
    ]


def _rank(plan: _Plan, *, corpus: Corpus, run: RankingRun, at: datetime) -> None:
    """Work out which supplies one demand lists now, which it keeps, and which it lists no more."""
    decided = {pk for pk, match in plan.matches.items() if match.state not in RANKED or match.mark == Mark.PINNED}
    profile = plan.profile
    ranking = Ranking(demand_id=plan.demand.public_id, hits=())
    present: set[int] = set()
    if profile and not profile.closed:
        limit = settings.MATCHES_PER_DEMAND + len(decided)
        ranking, standing = corpus.ranked(profile, k=limit, found=_known(plan, corpus))
        listed = {pk: hit for pk, hit in _keyed(ranking.hits, corpus) if hit.band != "weak" or pk in decided}
        for pk in list(listed)[settings.MATCHES_PER_DEMAND + len(decided & listed.keys()) :]:
            del listed[pk]
        present = {pk for pk in decided if corpus.row(plan.names[pk])}
        others = {pk: corpus.explain(profile, plan.names[pk]) for pk in present - listed.keys()}
        plan.listed = listed | {pk: hit for pk, hit in others.items() if isinstance(hit, Hit)}
        plan.standing = _stored(plan, standing, corpus=corpus, run=run, at=at, whole=bool(others))
    kept = plan.listed.keys() | present
    plan.gone = [m for pk, m in plan.matches.items() if m.state == MatchState.PROPOSED and pk not in kept]
    if isinstance(ranking.excluded, Exclusions):
        found = {match.supply_id: ranking.excluded.of(plan.names[match.supply_id]) for match in plan.gone}
        plan.excluded = {pk: excluded.code for pk, excluded in found.items() if excluded}


def _keyed(hits: Iterable[Hit], corpus: Corpus) -> Iterable[tuple[int, Hit]]:
    for hit in hits:
        row = corpus.row(hit.supply_id)
        if row is None:
            raise KeyError(hit.supply_id)
        yield row.key, hit


def _digest(profile: Profile) -> str:
    """Name the text of a demand, as analysis reads it."""
    texts = (profile.title, profile.summary, profile.body, profile.keywords, profile.sectors, profile.language)
    return hashlib.sha256(repr(texts).encode()).hexdigest()[:16]


def _known(plan: _Plan, corpus: Corpus) -> Document | None:
    """Return the counts of the demand's text if they were taken of the same text by the same analysis."""
    before = plan.before
    if before is None or plan.profile is None or before.analysis != corpus.generation.stamp.engine:
        return None
    if before.text_digest != _digest(plan.profile):
        return None
    return Document(before.language, dict(before.counts), before.surfaces)


def _stored(
    plan: _Plan, standing: Standing, *, corpus: Corpus, run: RankingRun, at: datetime, whole: bool
) -> RankedDemand:
    """Return the row of a standing; `whole`: some place behind the edge is on record, so that any supply matters."""
    edge = None if whole else standing.edge
    return RankedDemand(
        demand_id=plan.demand.pk,
        run=run,
        at=at,
        day=corpus.fingerprint.day,
        engine_version=corpus.fingerprint.engine,
        generation=corpus.name,
        analysis=corpus.generation.stamp.engine,
        text_digest=_digest(standing.demand),
        language=standing.found.language,
        counts=list(standing.found.counts.items()),  # a list: jsonb keeps no order, and sums depend on it
        surfaces=dict(standing.found.surfaces),
        profile=Profiles.of([standing.demand]).stored[0],
        scale=standing.scale,
        edge_total=edge and edge[0],
        edge_supply=edge[1] if edge else "",
        looked_at=list(standing.looked_at),
    )


def _pairs(plan: _Plan) -> Iterator[_Pair]:
    """Yield what a plan makes new, moves and withdraws; one that comes back has moved."""
    for match in plan.gone:
        yield _Pair(Change.GONE, plan, match.supply_id, match=match)
    for supply_id, hit in plan.listed.items():
        stood = plan.matches.get(supply_id)
        if stood is None:
            yield _Pair(Change.NEW, plan, supply_id, hit=hit)
        elif _is_back(stood) or (stood.rank, stood.band) != (hit.rank, hit.band):
            yield _Pair(Change.MOVED, plan, supply_id, match=stood, hit=hit)


def _give_reasons(pairs: Sequence[_Pair], corpus: Corpus) -> None:
    """Say of each pair why it changed: one query."""
    rows = Entry.objects.filter(pk__in={pair.supply_id for pair in pairs})
    known = {row[0]: row[1:] for row in rows.values_list("pk", "public_id", "published_at", "updated_at")}
    for pair in pairs:
        plan, match = pair.plan, pair.match
        name, published_at, updated_at = known[pair.supply_id]
        since = plan.before.at if plan.before else None
        pair.why = why(
            match.explanation if match and not _is_back(match) else None,
            pair.hit.to_dict() if pair.hit else None,
            was=_basis(plan.before) if plan.before else None,
            now=_basis(plan.standing) if plan.standing else None,
            supply=Supply(
                ranked=corpus.row(name) is not None,
                new=since is not None and published_at is not None and published_at > since,
                edited=since is not None and updated_at > since,
                excluded=pair.supply_id in plan.excluded,
            ),
        )


def _basis(row: RankedDemand) -> Basis:
    return Basis(row.engine_version, row.generation, row.day, row.text_digest, row.profile)


def _write(plans: Sequence[_Plan], *, corpus: Corpus, run: RankingRun, at: datetime) -> list[dict[str, object]]:
    """Write what changed and return it; a match that a person changed meanwhile keeps its state."""
    pairs = [pair for plan in plans for pair in _pairs(plan)]
    _give_reasons(pairs, corpus)
    known = [(pair, pair.match) for pair in pairs if pair.match]
    ranks = {match.pk: match.rank for _pair, match in known}
    gone = [match for pair, match in known if pair.kind == Change.GONE]
    back = [match for _pair, match in known if _is_back(match)]
    notes = {match.pk: pair.plan.excluded.get(pair.supply_id, str(pair.why)) for pair, match in known}
    moved = {match.pk for match in Match.objects.move_ranked(gone, to=MatchState.GONE, notes=notes, at=at)}
    moved |= {match.pk for match in Match.objects.move_ranked(back, to=MatchState.PROPOSED, notes=notes, at=at)}
    created = _save(plans, run=run, at=at)
    standings = [plan.standing for plan in plans if plan.standing]
    upsert(standings, unique=("demand",), refreshed=RESTS_ON)
    RankedDemand.objects.filter(pk__in=[plan.demand.pk for plan in plans if not plan.standing]).delete()
    lost = {match.pk for match in gone + back} - moved
    return [
        {
            "kind": pair.kind,
            "why": pair.why,
            "match": pair.match.pk if pair.match else created[pair.plan.demand.pk, pair.supply_id],
            "from": ranks[pair.match.pk] if pair.match else None,
            "to": pair.hit.rank if pair.hit else None,
        }
        for pair in pairs
        if (pair.match.pk not in lost if pair.match else (pair.plan.demand.pk, pair.supply_id) in created)
    ]


def _is_back(match: Match) -> bool:
    return match.state == MatchState.GONE


def _save(plans: Sequence[_Plan], *, run: RankingRun, at: datetime) -> dict[tuple[int, int], int]:
    """Write the rows whose hit is new or changed; return the keys of the new ones, by their pair.

    A pair that a curator added meanwhile is refreshed and is not new.
    """
    rows, new = [], {}
    for plan in plans:
        for supply_id, hit in plan.listed.items():
            explanation = hit.to_dict()
            match = plan.matches.get(supply_id)
            if match is None:
                match = Match(
                    demand_id=plan.demand.pk, supply_id=supply_id, created_at=at, changed_at=at, state_since=at
                )
                new[match.public_id] = (plan.demand.pk, supply_id)
            elif match.explanation == explanation:
                continue
            match.score, match.rank, match.band = hit.score, hit.rank, Band(hit.band)
            match.explanation, match.run = explanation, run
            rows.append(match)
    upsert(rows, unique=("demand", "supply"), refreshed=REFRESHED)
    written = dict(Match.objects.filter(public_id__in=new).values_list("public_id", "pk"))
    MatchEvent.objects.bulk_create(
        MatchEvent(match_id=pk, to_state=MatchState.PROPOSED, at=at) for _name, pk in sorted(written.items())
    )
    return {new[name]: pk for name, pk in written.items()}
