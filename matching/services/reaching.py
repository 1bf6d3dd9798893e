"""Which demands a change of supplies reaches: those that it enters or leaves, and no others."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from matching.corpus import Corpus
from matching.engine.segments.counts import Document
from matching.engine.segments.profiles import Profiles
from matching.engine.segments.reverse import Reverse, Standing
from matching.engine.segments.strings import Strings
from matching.enums import Mark, MatchState
from matching.models import Match, RankedDemand
from solutions.models import Entry

Stamp = tuple[int, datetime]
READ = 64  # rankings that are taken in one by one; for more the index is made again


@dataclass(slots=True)
class _Held:
    """Hold the reverse index that a process has made, and which ranking of each demand is in it."""

    generation: tuple[str, date, str]
    reverse: Reverse
    stamps: dict[int, Stamp]
    names: dict[int, str]


_lock = threading.Lock()
_held: list[_Held] = []


def reached(*, supplies: Collection[str], corpus: Corpus, among: Collection[int] | None = None) -> set[int]:
    """Return the demands whose matches supplies enter, leave or change, by key; `among` leaves all others out.

    `supplies` are public ids of what came, changed or went; `corpus` has the changes already. Only demands whose
    ranking rests on the corpus' generation are found: see `unranked` for the others.
    """
    changed = [name for name in supplies if not _is_known(name, corpus)]
    if not changed:
        return set()
    with _lock:
        held = _current(corpus)
        keys = {name: key for key, name in held.names.items()}
        found = {keys[name] for name in held.reverse.touched(changed)}
    kept = Match.objects.filter(supply__public_id__in=changed).exclude(Q(state=MatchState.GONE) & ~Q(mark=Mark.PINNED))
    found |= set(kept.values_list("demand_id", flat=True)) & held.stamps.keys()
    return found if among is None else found & set(among)


def unranked(*, corpus: Corpus) -> set[int]:
    """Return the live demands whose ranking does not rest on the corpus' generation, weights and day."""
    live = Entry.objects.rankable().demands().exclude(demand__expiry_date__lt=corpus.fingerprint.day)
    return set(live.exclude(pk__in=_rows(corpus)).values_list("pk", flat=True))


def _is_known(supply: str, corpus: Corpus) -> bool:
    """Tell whether the generation has the supply as it is, so that every ranking that rests on it took it in."""
    return supply not in corpus.changes and corpus.generation.supplies.row_of(supply) is not None


def _rows(corpus: Corpus) -> QuerySet[RankedDemand]:
    return RankedDemand.objects.filter(
        generation=corpus.name, day=corpus.fingerprint.day, engine_version=corpus.fingerprint.engine
    )


def _current(corpus: Corpus) -> _Held:
    """Return the reverse index over the rankings as they are; what is already held is not read again."""
    generation = (corpus.name, corpus.fingerprint.day, corpus.fingerprint.engine)
    stamps = {pk: (run, at) for pk, run, at in _rows(corpus).values_list("pk", "run_id", "at")}
    held = _held[0] if _held and _held[0].generation == generation else None
    changed = stamps.keys() if held is None else {pk for pk, stamp in stamps.items() if held.stamps.get(pk) != stamp}
    if held is None or len(changed) > READ:
        read = {pk: _standing(row, corpus) for pk, row in _read(corpus, stamps.keys()).items()}
        names = {pk: standing.demand.id for pk, standing in read.items()}
        held = _Held(generation, Reverse(read.values(), corpus.ranker, today=corpus.fingerprint.day), stamps, names)
    else:
        held.reverse.follow(corpus.ranker)
        for pk in held.stamps.keys() - stamps.keys():
            held.reverse.drop(held.names.pop(pk))
        for pk, row in _read(corpus, changed).items():
            standing = _standing(row, corpus)
            held.reverse.renew(standing)
            held.names[pk] = standing.demand.id
        held.stamps = stamps
    _held[:] = [held]
    return held


def _read(corpus: Corpus, keys: Collection[int]) -> dict[int, RankedDemand]:
    rows = _rows(corpus).defer("surfaces")
    return {row.pk: row for row in (rows if len(keys) > READ else rows.filter(pk__in=keys)).iterator()}


def _standing(row: RankedDemand, corpus: Corpus) -> Standing:
    found = Document(row.language, dict(row.counts), {})
    return Standing(
        demand=Profiles(Strings.of([row.profile]))[0],
        found=found,
        weights=corpus.ranker.statistics_.asked(found),
        scale=row.scale,
        edge=None if row.edge_total is None else (row.edge_total, row.edge_supply),
        looked_at=tuple(row.looked_at),
    )
