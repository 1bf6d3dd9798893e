"""Verbs of the catalogue."""

from solutions.services.entries import create_entry, note_change, update_entry
from solutions.services.errors import (
    CommentMissingError,
    EntryChangedError,
    InvalidEntryError,
    MoveNotAllowedError,
    NotPermittedError,
)
from solutions.services.exporting import export_records, exported, records_for
from solutions.services.importing import ImportReport, import_records
from solutions.services.moderation import archive_entry, publish_entry, return_entry, submit_entry
from solutions.services.organisations import import_organisations
from solutions.services.reading import FileFormat, ImportRefusedError

__all__ = [
    "CommentMissingError",
    "EntryChangedError",
    "FileFormat",
    "ImportRefusedError",
    "ImportReport",
    "InvalidEntryError",
    "MoveNotAllowedError",
    "NotPermittedError",
    "archive_entry",
    "create_entry",
    "export_records",
    "exported",
    "import_organisations",
    "import_records",
    "note_change",
    "publish_entry",
    "records_for",
    "return_entry",
    "submit_entry",
    "update_entry",
]
