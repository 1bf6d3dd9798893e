"""The curators' desk for the catalogue: entries by kind, and whole files of them."""

from solutions.admin.entries import DemandAdmin, EntryAdmin, OfferAdmin, SolutionAdmin

__all__ = ["DemandAdmin", "EntryAdmin", "OfferAdmin", "SolutionAdmin"]
