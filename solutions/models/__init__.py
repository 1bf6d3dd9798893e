"""Rows of the catalogue."""

from solutions.models.collection import Collection, CollectionEntry, CollectionText
from solutions.models.entry import Entry, EntryEvent, EntryQuerySet
from solutions.models.kinds import Demand, NeedLine, Offer, Solution
from solutions.models.reading import Passage, Reading
from solutions.models.search import SearchIndex, SearchText
from solutions.models.translation import EntryTranslation, source_texts
from solutions.models.viewing import ViewCount

__all__ = [
    "Collection",
    "CollectionEntry",
    "CollectionText",
    "Demand",
    "Entry",
    "EntryEvent",
    "EntryQuerySet",
    "EntryTranslation",
    "NeedLine",
    "Offer",
    "Passage",
    "Reading",
    "SearchIndex",
    "SearchText",
    "Solution",
    "ViewCount",
    "source_texts",
]
