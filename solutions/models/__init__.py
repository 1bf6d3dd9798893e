"""Rows of the catalogue."""

from solutions.models.entry import Entry, EntryEvent, EntryQuerySet
from solutions.models.kinds import Demand, NeedLine, Offer, Solution

__all__ = ["Demand", "Entry", "EntryEvent", "EntryQuerySet", "NeedLine", "Offer", "Solution"]
