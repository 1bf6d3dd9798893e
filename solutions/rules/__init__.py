"""What an entry may hold."""

from solutions.rules.readers import (
    BODY_MAX,
    ID_MAX,
    LONG_TEXT_MAX,
    NO_CODES,
    PROVENANCE,
    SUMMARY_MAX,
    TITLE_MAX,
    URL_MAX,
    Field,
    Problem,
    RefusedError,
    Store,
    Vocabulary,
    shown,
)
from solutions.rules.record import FIELDS, SUMMARY_FIELDS, clean

__all__ = [
    "BODY_MAX",
    "FIELDS",
    "ID_MAX",
    "LONG_TEXT_MAX",
    "NO_CODES",
    "PROVENANCE",
    "SUMMARY_FIELDS",
    "SUMMARY_MAX",
    "TITLE_MAX",
    "URL_MAX",
    "Field",
    "Problem",
    "RefusedError",
    "Store",
    "Vocabulary",
    "clean",
    "shown",
]
