"""The curators' desk for the catalogue: entries by kind, their translations, collections, and whole files of them."""

from solutions.admin.collections import CollectionAdmin
from solutions.admin.entries import DemandAdmin, EntryAdmin, OfferAdmin, SolutionAdmin
from solutions.admin.translations import EntryTranslationAdmin

__all__ = ["CollectionAdmin", "DemandAdmin", "EntryAdmin", "EntryTranslationAdmin", "OfferAdmin", "SolutionAdmin"]
