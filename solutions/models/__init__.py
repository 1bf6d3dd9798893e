"""Rows of the catalogue."""

from solutions.models.entry import Entry, EntryEvent, EntryQuerySet
from solutions.models.kinds import Demand, NeedLine, Offer, Solution
from solutions.models.search import SearchIndex, SearchText

__all__ = [
    "Demand",
    "Entry",
    "EntryEvent",
    "EntryQuerySet",
    "NeedLine",
    "Offer",
    "SearchIndex",
    "SearchText",
    "Solution",
]
