"""Request letters of demands: taken by what they hold, kept where no address leads, given to insiders only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from solutions.models import Demand
from solutions.services.entries import permission
from solutions.services.errors import EntryChangedError, NotPermittedError
from solutions.services.records import Links, change

FOLDER: Final = "request_letters"
LETTER_MAX: Final = 10 * 1024 * 1024
"""How many bytes a letter has at most."""
SUFFIXES: Final = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
"""What a file of each accepted type begins with; its name says nothing."""


class LetterRefusedError(DomainError):
    """The file is too large, or nothing that is taken for a letter."""

    code = "letter_refused"
    status = 400


def attach_letter(*, demand: Demand, file: UploadedFile[Any], version: int, by: User, at: datetime) -> None:
    """Keep a letter with a demand in place of the one before, which is removed once the change is certain.

    Raises NotPermittedError, EntryChangedError, LetterRefusedError.
    """
    _check(demand, version=version, by=by)
    if (file.size or 0) > LETTER_MAX:
        raise LetterRefusedError(_("The file is larger than 10 MB. Scan it again with fewer dots."), field="letter")
    # Written before the transaction, which would keep others waiting meanwhile.
    name = default_storage.save(f"{FOLDER}/{get_random_string(32)}.{_type_of(file)}", file)
    try:
        _replace(demand, name, version=version, by=by, at=at)
    except BaseException:
        default_storage.delete(name)
        raise


def remove_letter(*, demand: Demand, version: int, by: User, at: datetime) -> None:
    """Take the letter away from a demand. Raises NotPermittedError, EntryChangedError."""
    _check(demand, version=version, by=by)
    _replace(demand, "", version=version, by=by, at=at)


def _check(demand: Demand, *, version: int, by: User) -> None:
    if not may(by, permission("edit", demand.kind), demand.organisation):
        raise NotPermittedError
    if demand.version != version:
        raise EntryChangedError(demand)


@transaction.atomic
def _replace(demand: Demand, name: str, *, version: int, by: User, at: datetime) -> None:
    old = demand.request_letter.name
    demand.request_letter.name = name
    change(entry=demand, version=version, values={}, links=Links(), by=by, at=at)
    if old:
        transaction.on_commit(lambda: default_storage.delete(old))


def _type_of(file: UploadedFile[Any]) -> str:
    start = file.read(8)
    file.seek(0)
    for suffix, mark in SUFFIXES.items():
        if start.startswith(mark):
            return suffix
    raise LetterRefusedError(_("This is no PDF, JPEG or PNG file: save the letter as one of them."), field="letter")
