"""Verbs of the catalogue."""

from solutions.services.entries import create_entry, note_change, update_entry
from solutions.services.errors import (
    CommentMissingError,
    EntryChangedError,
    InvalidEntryError,
    MoveNotAllowedError,
    NotPermittedError,
)
from solutions.services.moderation import archive_entry, publish_entry, return_entry, submit_entry

__all__ = [
    "CommentMissingError",
    "EntryChangedError",
    "InvalidEntryError",
    "MoveNotAllowedError",
    "NotPermittedError",
    "archive_entry",
    "create_entry",
    "note_change",
    "publish_entry",
    "return_entry",
    "submit_entry",
    "update_entry",
]
