"""Bring the matches of one demand up to date: only what changed is written, what people decided stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from matching.corpus import Corpus, demand_profile
from matching.engine.types import Hit, Profile, Ranking
from matching.enums import Band, Mark, MatchState
from matching.lifecycle import RANKED
from matching.models import Match, MatchEvent, RankingRun
from matching.services.telling import tell_focal_points
from solutions.models import Entry

REFRESHED = ("score", "rank", "band", "explanation", "run")


@transaction.atomic
def propose(*, demand_id: int, corpus: Corpus, run: RankingRun, at: datetime) -> Counter[str]:
    """Rank one demand and write the difference; return how many matches are new, moved and gone.

    Runs on one demand wait for each other at its row, so that a pair is proposed once. Matches that a person decided
    or pinned take no place in the list; their score is refreshed, their state is not, save that a pin on an entry
    which nobody can read any more does not keep it proposed. Focal points hear of it here and now.
    """
    demand = Entry.objects.select_for_update(no_key=True).get(pk=demand_id)
    matches = {match.supply_id: match for match in Match.objects.filter(demand_id=demand_id)}
    decided = {pk for pk, match in matches.items() if match.state not in RANKED or match.mark == Mark.PINNED}
    profile = demand_profile(demand_id, on=at.date())
    limit = settings.MATCHES_PER_DEMAND + len(decided)
    ranking = corpus.rank(profile, k=limit) if profile else Ranking(demand_id=demand.public_id, hits=())
    ids = {name: row.key for name, row in corpus.rows().items()}
    listed = {
        ids[hit.supply_id]: hit
        for hit in ranking.hits
        if Band(hit.band) is not Band.WEAK or ids[hit.supply_id] in decided
    }
    for supply_id in list(listed)[settings.MATCHES_PER_DEMAND + len(decided & listed.keys()) :]:
        del listed[supply_id]
    if profile:
        listed |= _decided_hits(profile, corpus, decided - listed.keys())
    pinned = decided & set(ids.values()) if profile and not profile.closed else set()
    kept = listed.keys() | pinned
    gone = [match for pk, match in matches.items() if match.state == MatchState.PROPOSED and pk not in kept]
    why = {ids[excluded.supply_id]: excluded.code for excluded in ranking.excluded}
    counts = Counter(
        gone=_withdraw(gone, why, at=at),
        moved=_refresh(matches, listed, run=run, at=at),
        new=_create(demand_id, {pk: hit for pk, hit in listed.items() if pk not in matches}, run=run, at=at),
    )
    tell_focal_points(demand=demand, at=at)
    return counts


def _decided_hits(profile: Profile, corpus: Corpus, supply_ids: Iterable[int]) -> dict[int, Hit]:
    """Explain decided pairs that the list does not hold; an excluded one keeps the score it had last."""
    public_ids = {row.key: name for name, row in corpus.rows().items()}
    found = {
        pk: corpus.explain(profile, public_ids[pk]) for pk in supply_ids if pk in public_ids and not profile.closed
    }
    return {pk: hit for pk, hit in found.items() if isinstance(hit, Hit)}


def _withdraw(gone: Iterable[Match], why: Mapping[int, str], *, at: datetime) -> int:
    withdrawn = 0
    for match in gone:
        note = why.get(match.supply_id, "outranked")
        withdrawn += Match.objects.move(match, to=MatchState.GONE, by=None, note=note, at=at)
    return withdrawn


def _refresh(matches: Mapping[int, Match], listed: Mapping[int, Hit], *, run: RankingRun, at: datetime) -> int:
    """Write the rows whose hit changed, take withdrawn ones back; return how many changed rank, band or state."""
    changed, moved = [], 0
    for supply_id, hit in listed.items():
        match = matches.get(supply_id)
        if match is None:
            continue
        back = match.state == MatchState.GONE
        if back:
            Match.objects.move(match, to=MatchState.PROPOSED, by=None, at=at)
        moved += back or (match.rank, match.band) != (hit.rank, hit.band)
        explanation = hit.to_dict()
        if match.explanation != explanation:
            match.score, match.rank, match.band = hit.score, hit.rank, Band(hit.band)
            match.explanation, match.run = explanation, run
            changed.append(match)
    Match.objects.bulk_update(changed, REFRESHED)
    return moved


def _create(demand_id: int, new: Mapping[int, Hit], *, run: RankingRun, at: datetime) -> int:
    created = Match.objects.bulk_create(
        Match(
            demand_id=demand_id,
            supply_id=supply_id,
            run=run,
            score=hit.score,
            rank=hit.rank,
            band=hit.band,
            explanation=hit.to_dict(),
            created_at=at,
            changed_at=at,
            state_since=at,
        )
        for supply_id, hit in new.items()
    )
    MatchEvent.objects.bulk_create(MatchEvent(match=match, to_state=MatchState.PROPOSED, at=at) for match in created)
    return len(created)
