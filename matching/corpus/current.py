"""The ranker over the supplies as they are: a generation on disk that all processes map, and the changes since."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from django.conf import settings
from django.db.models import Count, Max, Sum

import matching.engine
from matching.corpus.profiles import geography, profile_of
from matching.corpus.words import Terms, config_in_force, curated_analyser, engine_version, terms_in_force
from matching.engine.generations import Generation, GenerationError, Stamp, changed_at, current, prune
from matching.engine.ranker import Ranker
from matching.engine.segments.counts import Document
from matching.engine.segments.reverse import Standing
from matching.engine.types import Config, Exclusion, Hit, Profile, Ranking
from solutions.models import Entry, EntryQuerySet, Offer
from solutions.queries import for_ranking

REFIT: Final = 100  # of so many supplies one has changed: then the rarity of words is counted anew
READ: Final = 1_000  # entries read from the database at a time
WORTH_PROCESSES: Final = 5_000  # entries whose analysis is shared among processes
KEPT: Final = 3  # generations; older ones go
UNUSED: Final = timedelta(days=7)  # then the generations of other code go as well
LOOKBACK: Final = timedelta(hours=1)  # a transaction may commit so long after the time it writes

Progress = Callable[[int, int], None]
"""Is told how many supplies are analysed, and of how many."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Name a state of the supply side: equal ones rank alike."""

    day: date
    count: int
    newest: int
    versions: int
    changed_at: datetime | None
    config: Config
    terms: Terms
    engine: str


class Row(NamedTuple):
    """Tell the states of a supply's row apart; ``changed``: microseconds."""

    key: int
    version: int
    changed: int


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Hold the ranker for one state of the supplies; ``changes``: rows since the generation, None for what has gone."""

    fingerprint: Fingerprint
    generation: Generation
    ranker: Ranker
    changes: Mapping[str, Row | None]

    @property
    def name(self) -> str:
        """Name the generation: equal names mean equal statistics of words."""
        return self.generation.stamp.corpus

    def rank(self, demand: Profile, *, k: int) -> Ranking:
        """Return the k best supplies; nothing for a demand that is closed."""
        if demand.closed:
            return Ranking(demand_id=demand.id, hits=())
        return self.ranker.rank(demand, k, today=self.fingerprint.day)

    def ranked(self, demand: Profile, *, k: int, found: Document | None) -> tuple[Ranking, Standing]:
        """Return the k best supplies and what that rests on; ``found``: the counts of the demand's text, if known."""
        return self.ranker.ranked(demand, k, today=self.fingerprint.day, found=found)

    def explain(self, demand: Profile, supply_id: str) -> Hit | Exclusion:
        """Return the hit of one pair or why it is excluded; a supply that is not live counts as closed."""
        if self.row(supply_id) is None:
            return Exclusion(supply_id, "closed")
        return self.ranker.explain(demand, supply_id, today=self.fingerprint.day)

    def row(self, supply_id: str) -> Row | None:
        """Return what is known of a supply's row; None when it is not ranked."""
        if supply_id in self.changes:
            return self.changes[supply_id]
        at = self.generation.supplies.row_of(supply_id)
        return None if at is None else Row(*self.generation.notes[at].tolist())

    def rows(self) -> dict[str, Row]:
        """Return the rows of all supplies."""
        ids, notes = self.generation.supplies.ids, self.generation.notes.tolist()
        found = {supply_id: Row(*note) for supply_id, note in zip(ids, notes, strict=True)}
        return {name: row for name, row in {**found, **self.changes}.items() if row}

    def changed_since(self, other: Corpus) -> set[str]:
        """Return the supplies that differ between two states of one generation."""
        names = self.changes.keys() | other.changes.keys()
        return {name for name in names if self.row(name) != other.row(name)}


_lock = threading.Lock()
_held: dict[Path, Corpus] = {}


def fitted(*, at: datetime) -> Corpus:
    """Return the ranker for the supplies as they are.

    A process opens the newest generation, puts into it what changed since, and keeps that. When it is missing, stale
    or corrupt it is built again; when one supply in a hundred has changed, its statistics are counted anew.
    """
    return _ready(at=at, anew=False, progress=None)


def renewed(*, at: datetime, progress: Progress | None = None) -> Corpus:
    """Return the ranker over a generation of the supplies as they are, with no changes since."""
    return _ready(at=at, anew=True, progress=progress)


def is_built(*, at: datetime) -> bool:
    """Tell whether there is a generation to open."""
    try:
        current(settings.VAR_DIR / "generations" / _stamp(fingerprint(at=at)).engine)
    except GenerationError:
        return False
    return True


def fingerprint(*, at: datetime) -> Fingerprint:
    """Name the present state of the supplies, the weights and the curators' terms: three queries."""
    state = _supplies().aggregate(
        count=Count("pk"), newest=Max("pk"), versions=Sum("version"), changed_at=Max("updated_at")
    )
    config, terms = config_in_force(), terms_in_force()
    return Fingerprint(
        day=at.date(),
        count=state["count"],
        newest=state["newest"] or 0,
        versions=state["versions"] or 0,
        changed_at=state["changed_at"],
        config=config,
        terms=terms,
        engine=engine_version(config, terms),
    )


def _ready(*, at: datetime, anew: bool, progress: Progress | None) -> Corpus:
    state = fingerprint(at=at)
    stamp = _stamp(state)
    root = settings.VAR_DIR / "generations" / stamp.engine
    with _lock:
        held = _held.get(root)
        if held is None or not _serves(held, state, root):
            held = _opened(state, stamp, root)
        if held and held.fingerprint != state:
            held = _updated(held, state) or _opened(state, stamp, root)
        if held is None or len(held.changes) * 2 > state.count:
            held = _built(state, stamp, root, progress)
        elif held.changes and (anew or len(held.changes) * REFIT > state.count):
            held = _refitted(held, stamp, root)
        if root not in _held or _held[root].generation is not held.generation:
            _tidy(root, at=at)
        _held.clear()
        _held[root] = held
    return held


def _serves(held: Corpus, state: Fingerprint, root: Path) -> bool:
    """Tell whether what a process holds is still the newest generation, read as of this day with these weights."""
    before = held.fingerprint
    if (before.day, before.config, before.terms) != (state.day, state.config, state.terms):
        return False
    try:
        return current(root)[0] == held.generation.folder
    except GenerationError:
        return False


def _opened(state: Fingerprint, stamp: Stamp, root: Path) -> Corpus | None:
    """Map the newest generation and put into it what changed since; None when it cannot be used."""
    try:
        generation = Generation.open(root, state.config, expected=stamp)
    except GenerationError:
        return None
    held = _over(generation, state)
    before = held.rows()
    after = {name: row for name, row in _rows(_supplies()).items() if before.get(name) != row}
    gone = dict.fromkeys(before.keys() - _names(_supplies()), None)
    made = date.fromisoformat(generation.stamp.corpus.partition(" ")[0])
    over = Offer.objects.filter(closing_date__gte=made, closing_date__lt=state.day).values("pk")
    return _put(held, {**_rows(_supplies().filter(pk__in=over)), **after, **gone}, state)


def _updated(held: Corpus, state: Fingerprint) -> Corpus | None:
    """Put into the ranker what changed lately; None when that does not explain the new state."""
    if held.fingerprint.changed_at is None:
        return None
    late = Entry.objects.supplies().filter(updated_at__gte=held.fingerprint.changed_at - LOOKBACK)
    ranked = _rows(late.rankable())
    gone = [name for name in late.values_list("public_id", flat=True) if name not in ranked and held.row(name)]
    changes: dict[str, Row | None] = {name: row for name, row in ranked.items() if held.row(name) != row}
    count, versions = held.fingerprint.count, held.fingerprint.versions
    for name, row in (changes | dict.fromkeys(gone, None)).items():
        before = held.row(name)
        count += (row is not None) - (before is not None)
        versions += (row.version if row else 0) - (before.version if before else 0)
    if (count, versions) != (state.count, state.versions):
        return None
    return _put(held, changes | dict.fromkeys(gone, None), state)


def _put(held: Corpus, changes: Mapping[str, Row | None], state: Fingerprint) -> Corpus:
    ranker = held.ranker.copy() if changes else held.ranker
    if len(changes) * 2 <= state.count:  # more is built from the texts anyway
        ranker.remove(changes)
        if keys := [row.key for row in changes.values() if row]:
            ranker.put(_profiles(keys, on=state.day))
    return Corpus(state, held.generation, ranker, {**held.changes, **changes})


def _refitted(held: Corpus, stamp: Stamp, root: Path) -> Corpus:
    """Fold the changes into a new generation: new statistics, no text read again."""
    rows = held.rows()
    named = Stamp(stamp.engine, _name(held.fingerprint.day, rows))
    return _over(Generation.refit(held.ranker, root, stamp=named, notes=rows), held.fingerprint)


def _built(state: Fingerprint, stamp: Stamp, root: Path, progress: Progress | None) -> Corpus:
    """Build a generation from the texts."""
    rows = _rows(_supplies())
    profiles = list(_profiles([row.key for row in rows.values()], on=state.day))
    found = {profile.id: rows[profile.id] for profile in profiles}
    alone = multiprocessing.current_process().daemon or len(profiles) < WORTH_PROCESSES
    generation = Generation.build(
        profiles,
        curated_analyser(state.terms),
        state.config,
        root,
        stamp=Stamp(stamp.engine, _name(state.day, found)),
        notes=found,
        workers=1 if alone else os.cpu_count() or 1,
        progress=progress,
    )
    return _over(generation, state)


def _over(generation: Generation, state: Fingerprint) -> Corpus:
    ranker = Ranker.from_generation(generation, geography(on=state.day), curated_analyser(state.terms))
    return Corpus(state, generation, ranker, {})


def _tidy(root: Path, *, at: datetime) -> None:
    """Delete old generations, and those of code, terms or constants that nothing was made for in a week."""
    prune(root, keep=KEPT, abandoned_before=at - timedelta(days=1))
    for other in root.parent.iterdir():
        if other != root and changed_at(other) < (at - UNUSED).timestamp():
            shutil.rmtree(other, ignore_errors=True)


def _supplies() -> EntryQuerySet:
    return Entry.objects.rankable().supplies()


def _names(entries: EntryQuerySet) -> set[str]:
    return set(entries.values_list("public_id", flat=True))


def _rows(entries: EntryQuerySet) -> dict[str, Row]:
    """Read what tells the states of rows apart: one query."""
    found = entries.values_list("public_id", "pk", "version", "updated_at")
    return {name: Row(key, version, round(changed.timestamp() * 1_000_000)) for name, key, version, changed in found}


def _profiles(keys: Collection[int], *, on: date) -> Iterator[Profile]:
    """Translate supplies, some at a time; those that went meanwhile are passed over."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), READ):
        for entry in for_ranking(ordered[start : start + READ]).supplies():
            yield profile_of(entry, on=on)


def _stamp(state: Fingerprint) -> Stamp:
    """Name everything but the supplies that a generation depends on: analysis, terms, constants and code."""
    parts = (curated_analyser(state.terms).version, state.config.index_version, _code())
    return Stamp(hashlib.sha256("-".join(parts).encode()).hexdigest()[:16])


def _name(day: date, rows: Mapping[str, Row]) -> str:
    """Name a generation by the day it was made and the rows it was made of."""
    return f"{day} {hashlib.sha256(repr(sorted(rows.items())).encode()).hexdigest()[:12]}"


@cache
def _code() -> str:
    """Name the code that turns rows into an index, and the words that goals are proposed by."""
    engine = Path(matching.engine.__file__).parent
    files = [*engine.rglob("*.py"), *Path(__file__).parent.glob("*.py"), settings.FIXTURES_DIR / "sdg" / "profiles.tsv"]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()
