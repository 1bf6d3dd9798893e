"""The curators' desk for the catalogue: entries by kind, their translations, and whole files of them."""

from solutions.admin.entries import DemandAdmin, EntryAdmin, OfferAdmin, SolutionAdmin
from solutions.admin.translations import EntryTranslationAdmin

__all__ = ["DemandAdmin", "EntryAdmin", "EntryTranslationAdmin", "OfferAdmin", "SolutionAdmin"]
