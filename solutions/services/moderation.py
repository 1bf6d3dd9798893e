"""Moving entries through moderation: submit, publish, return, archive."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import may
from core.jobs import enqueue
from solutions.enums import EntryState
from solutions.lifecycle import LIVE, MOVES
from solutions.models import Entry
from solutions.services.entries import permission
from solutions.services.errors import CommentMissingError, EntryChangedError, MoveNotAllowedError, NotPermittedError


@transaction.atomic
def submit_entry(*, entry: Entry, by: User, note: str = "", at: datetime) -> None:
    """Hand a draft (or a returned or archived entry) of one's organisation to the curators.

    Raises NotPermittedError, MoveNotAllowedError, EntryChangedError.
    """
    if not may(by, permission("submit", entry.kind), entry.organisation):
        raise NotPermittedError
    _move(entry, to=EntryState.SUBMITTED, by=by, note=note, at=at)


@transaction.atomic
def publish_entry(*, entry: Entry, by: User, note: str = "", at: datetime) -> None:
    """Publish a submitted entry, or confirm a stale one, as a curator; the worker ranks it after commit.

    Raises NotPermittedError, MoveNotAllowedError, EntryChangedError.
    """
    if not may(by, "entry.moderate"):
        raise NotPermittedError
    _move(entry, to=EntryState.PUBLISHED, by=by, note=note, at=at)


@transaction.atomic
def return_entry(*, entry: Entry, by: User, note: str, at: datetime) -> None:
    """Send an entry back to its organisation with comments, as a curator.

    Raises NotPermittedError, CommentMissingError, MoveNotAllowedError, EntryChangedError.
    """
    if not may(by, "entry.moderate"):
        raise NotPermittedError
    if not note.strip():
        raise CommentMissingError(_("Say what should be changed."), field="note")
    _move(entry, to=EntryState.RETURNED, by=by, note=note, at=at)


@transaction.atomic
def archive_entry(*, entry: Entry, by: User, note: str = "", at: datetime) -> None:
    """Take an entry out of the catalogue, as a curator or as one who may edit it; nothing is deleted.

    Raises NotPermittedError, MoveNotAllowedError, EntryChangedError.
    """
    if not (may(by, "entry.moderate") or may(by, permission("edit", entry.kind), entry.organisation)):
        raise NotPermittedError
    _move(entry, to=EntryState.ARCHIVED, by=by, note=note, at=at)


def _move(entry: Entry, *, to: EntryState, by: User, note: str, at: datetime) -> None:
    before = EntryState(entry.state)
    if to not in MOVES[before]:
        raise MoveNotAllowedError(entry, to)
    if not Entry.objects.move(entry, to=to, by=by, note=note, at=at):
        raise EntryChangedError(entry)
    if LIVE & {before, to}:
        enqueue("matching.rank_entry", entry_id=entry.pk)
