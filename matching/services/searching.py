"""The search box: entries in any language found by the words of one, with snippets that show why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import QueryDict

from accounts.models import User
from matching.corpus import analyser
from matching.engine.analysis.analyser import Segment
from matching.engine.analysis.normalise import compose
from solutions.enums import Kind
from solutions.filters import EntryFilter
from solutions.lifecycle import LIVE
from solutions.models import Entry, EntryQuerySet, SearchText
from solutions.models.entry import LongText
from solutions.queries import for_search, searched, unread_by_search

BATCH: Final = 200  # entries read and written at a time
TITLE, SUMMARY, TEXT = 4, 2, 1  # how much a word counts in the index
MOST: Final = 12  # times a word is repeated in the index at most
FAINT: Final = 0.15  # of a stretch's surest meaning: what is less sure is left out of the index
SURE: Final = 0.5  # of a stretch's surest meaning: what is less sure is not looked for
QUERY_MAX: Final = 200  # characters of a query that are read
SNIPPET: Final = 220  # characters
SOUND: Final = "x" + b"~".hex()  # begins the words that stand for what a name sounds like

Part = tuple[str, str, int]  # text, language, how much its words count
Piece = tuple[str, bool]  # text, whether it is what was looked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """Hold one stretch of a query: words of the index that mean it, all of them needed or any."""

    words: tuple[str, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Hold what a query finds: a queryset to narrow and order further, with `relevance` when text was given.

    ``all_words``: whether entries have every stretch of the query; otherwise none does, and these have some.
    """

    entries: EntryQuerySet
    wanted: tuple[Wanted, ...]
    all_words: bool

    def best_first(self) -> EntryQuerySet:
        """Order by relevance, or the newest first when no text was given."""
        if not self.wanted:
            return self.entries.newest_first()
        by_relevance = ("-relevance", "-published_at", "-pk")  # the first is an annotation of queries.searched
        return self.entries.order_by(*by_relevance)


def search(*, text: str, user: User | AnonymousUser, language: str = "") -> Found:
    """Return the live entries that a reader may know of and that have what the text asks for, in any language.

    Each word or known phrase of the text is needed; where no entry has them all, any word is enough. A text without
    a word that counts finds nothing, an empty one everything. The language of the text is told by itself when empty.
    """
    asked = text.strip()[:QUERY_MAX]
    if not asked:
        return Found(Entry.objects.live().visible_to(user), (), True)
    wanted = tuple(_wanted(asked, language))
    if not wanted:
        return Found(Entry.objects.none(), (), True)
    every = searched(_in_syntax(wanted, every=True), user=user)
    if every.exists():
        return Found(every, wanted, True)
    return Found(searched(_in_syntax(wanted, every=False), user=user), wanted, False)


def narrowed(entries: EntryQuerySet, chosen: QueryDict, *, but: str = "") -> EntryQuerySet:
    """Apply the filters of an address, all but one; a value that is none of a filter's finds nothing."""
    data = chosen.copy()
    data.pop(but, None)
    kinds = data.getlist("kind")
    if kinds:
        entries = entries.filter(kind__in=[kind for kind in kinds if kind in Kind.values])
    filters = EntryFilter(data, entries)
    return filters.qs if filters.is_valid() else entries.none()


def snippet(*, entry: Entry, whole: bool, wanted: Sequence[Wanted]) -> tuple[list[Piece], list[Piece]]:
    """Return an entry's title and the stretch of its text that shows best what was looked for, in pieces.

    Title and summary are those that the reader sees, translated or not. An entry that the reader may not read whole
    shows nothing else. `entry` is one of `for_search`.
    """
    words = {word for one in wanted for word in one.words}
    heading, summary = entry.shown.title, entry.shown.summary
    title = compose(heading.text)
    pieces_of_title = _marked(title, _hits(title, heading.language_id, words), 0, len(title))
    best = compose(summary.text)
    hits = _hits(best, summary.language_id, words)
    if not hits and whole:
        for text in _texts(entry):
            composed = compose(text)
            if hits := _hits(composed, entry.language_id, words):
                best = composed
                break
    return pieces_of_title, _window(best, hits)


def index_entries(*, ids: Collection[int]) -> int:
    """Read entries anew into the search index; return how many are in it. Those not live any more leave it."""
    entries = list(for_search(ids))
    rows = [row for entry in entries for row in _rows(entry)]
    kept = {(row.entry_id, row.whole) for row in rows}
    with transaction.atomic():
        old = SearchText.objects.filter(entry_id__in=ids).values_list("pk", "entry_id", "whole")
        SearchText.objects.filter(pk__in=[pk for pk, *key in old if tuple(key) not in kept]).delete()
        SearchText.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["entry", "whole"],
            update_fields=["words", "version", "analysis"],
        )
    return len(entries)


def index_due(*, progress: Callable[[Sequence[int]], Iterable[int]] = iter) -> int:
    """Bring the search index up to date with every entry; return how many were read. What is current is left alone."""
    SearchText.objects.exclude(entry__state__in=LIVE).delete()
    ids = list(unread_by_search(analysis_version()).values_list("pk", flat=True))
    batch: list[int] = []
    count = 0
    for entry_id in progress(ids):
        batch.append(entry_id)
        if len(batch) == BATCH:
            count += index_entries(ids=batch)
            batch = []
    return count + index_entries(ids=batch)


def forget() -> None:
    """Empty the search index, so that `index_due` reads every entry anew."""
    SearchText.objects.all().delete()


def analysis_version() -> str:
    """Name what the words of the index come from: this way of writing them, and the words they are read by."""
    return f"1-{analyser().version}"


def _rows(entry: Entry) -> Iterator[SearchText]:
    place = entry.country.name_in("en") if entry.country else ""
    open_parts: list[Part] = [
        (entry.title, entry.language_id, TITLE),
        (entry.summary, entry.language_id, SUMMARY),
        (entry.organisation.name, "", TEXT),
        (place, "en", SUMMARY),
    ]
    parts = [*open_parts, *((text, entry.language_id, TEXT) for text in _texts(entry))]
    for whole, read in ((True, parts), (False, open_parts)):
        if whole or entry.is_demand:
            yield SearchText(
                entry=entry, whole=whole, words=_words(read), version=entry.version, analysis=analysis_version()
            )


def _texts(entry: Entry) -> Iterator[str]:
    """Yield what an entry says beyond its title and summary."""
    details = entry.details
    yield entry.body
    for field in details._meta.concrete_fields:
        if isinstance(field, LongText):
            yield getattr(details, field.attname)
    if entry.is_demand:
        yield from (f"{need.title}. {need.description}" for need in details.needs.all())  # type: ignore[union-attr]  # of a demand
    yield ". ".join(entry.keywords)


def _words(parts: Iterable[Part]) -> str:
    """Write the meanings of texts as words, each as often as it counts."""
    counts: Counter[str] = Counter()
    for text, language, weight in parts:
        for segment in analyser().segments(text, language) if text else ():
            for key, share in _meant(segment, FAINT):
                counts[_written(key)] += weight * share * segment.weight  # type: ignore[assignment]  # a part of one
    return " ".join(" ".join([word] * min(MOST, max(1, round(count)))) for word, count in counts.items())


def _meant(segment: Segment, least: float) -> Iterator[tuple[str, float]]:
    """Yield the meanings of a stretch that reach a share of the surest one."""
    features = segment.meaning.features
    top = max((share for _key, share in features), default=0.0)
    return ((key, share) for key, share in features if share >= least * top)


def _written(key: str) -> str:
    """Write an engine's key as one word of ASCII letters and digits."""
    stem = key.removeprefix("s:")
    return "w" + stem if stem.isascii() and stem.isalnum() else "x" + stem.encode().hex()


def _wanted(text: str, language: str) -> Iterator[Wanted]:
    for segment in analyser().segments(text, language):
        words = tuple(dict.fromkeys(_written(key) for key, _share in _meant(segment, SURE)))
        phrase = len(segment.stems) > 1 or (segment.language == "zh" and len(segment.stems[0]) > 1)
        yield Wanted(words, every=phrase)


def _in_syntax(wanted: Iterable[Wanted], *, every: bool) -> str:
    """Write a query as the database reads it; words are letters and digits, so that nothing needs quoting."""
    both, either = (" & ", " | ") if connection.vendor == "postgresql" else (" AND ", " OR ")
    if every:
        return both.join(f"({(both if one.every else either).join(one.words)})" for one in wanted)
    # Any word will do, but what merely sounds alike would bring in anything.
    return either.join(word for one in wanted for word in one.words if not word.startswith(SOUND))


def _hits(text: str, language: str, words: Collection[str]) -> list[tuple[int, int]]:
    """Return where a composed text has what was looked for, as places of the first and behind the last character."""
    return [
        (segment.start, segment.end)
        for segment in analyser().segments(text, language)
        if any(_written(key) in words for key, _share in _meant(segment, SURE))
    ]


def _window(text: str, hits: Sequence[tuple[int, int]]) -> list[Piece]:
    """Cut the stretch with most hits out of a text, at word boundaries, its hits marked."""
    start = max((first for first, _ in hits), key=lambda first: _within(hits, first), default=0)
    start = max(0, start - SNIPPET // 5)
    if start:
        start = text.find(" ", start, start + 40) + 1 or start
    end = min(len(text), start + SNIPPET)
    if end < len(text):
        space = text.rfind(" ", start + SNIPPET // 2, end)
        end = space if space > 0 else end
    pieces = _marked(text, hits, start, end)
    return [*([("… ", False)] if start else []), *pieces, *([(" …", False)] if end < len(text) else [])]


def _within(hits: Sequence[tuple[int, int]], first: int) -> int:
    return sum(first <= start and end <= first + SNIPPET * 4 // 5 for start, end in hits)


def _marked(text: str, hits: Sequence[tuple[int, int]], start: int, end: int) -> list[Piece]:
    pieces: list[Piece] = []
    place = start
    for first, last in hits:
        if place <= first and last <= end:
            pieces += [(text[place:first], False), (text[first:last], True)]
            place = last
    return [piece for piece in [*pieces, (text[place:end], False)] if piece[0]]
