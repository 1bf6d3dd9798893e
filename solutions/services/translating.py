"""Writing translations of entries: each is a row of its own, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from solutions.enums import Kind, TranslationStatus
from solutions.models import Entry, EntryTranslation, source_texts
from solutions.models.reading import digest_of
from solutions.rules import FIELDS, NO_CODES, TITLE_MAX, Problem, RefusedError
from solutions.rules.readers import line, text
from solutions.services.entries import permission
from solutions.services.errors import InvalidEntryError, NotPermittedError
from taxonomy.models import Language

NEED_FIELDS: Final = {"title": line(TITLE_MAX), "description": text()}
NEEDED: Final = ("title", "summary")
"""What a finished translation cannot do without: lists show it."""


class TranslationChangedError(DomainError):
    """Someone wrote this translation since it was read."""

    code = "translation_changed"
    status = 412

    def __init__(self) -> None:
        message = _("Somebody else changed this translation meanwhile. Their text stands beside yours; join the two.")
        super().__init__(message)


class SameLanguageError(DomainError):
    """A translation into the language of the source."""

    code = "same_language"

    def __init__(self) -> None:
        super().__init__(_("The entry is written in this language."), field="language")


@transaction.atomic
def save_translation(
    *,
    entry: Entry,
    language: Language,
    texts: Mapping[str, str],
    status: TranslationStatus,
    version: int,
    by: User,
    at: datetime,
) -> EntryTranslation:
    """Write an entry's texts in another language; texts left empty are shown as the source has them.

    `version` is that of the translation that the writer read, 0 when there was none. Raises NotPermittedError,
    SameLanguageError, TranslationChangedError, and InvalidEntryError naming every field at fault.
    """
    if not may(by, permission("edit", entry.kind), entry.organisation):
        raise NotPermittedError
    if language.pk == entry.language_id:
        raise SameLanguageError
    cleaned = clean_texts(entry, texts, status)
    before = EntryTranslation.objects.select_for_update().filter(entry_id=entry.pk, language=language).first()
    if (before.version if before else 0) != version:
        raise TranslationChangedError
    row = before or EntryTranslation(entry_id=entry.pk, language=language, version=0)
    row.texts, row.status, row.author, row.updated_at = cleaned, status, by, at
    row.digests = {name: digest_of(said) for name, said in source_texts(entry).items() if name in cleaned}
    row.source_version, row.version = entry.version, version + 1
    row._history_user, row._history_date = by, at  # type: ignore[attr-defined]  # read by django-simple-history
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # two wrote the first translation into a language at once
        raise TranslationChangedError from None
    return row


def clean_texts(entry: Entry, texts: Mapping[str, str], status: TranslationStatus) -> dict[str, str]:
    """Return the texts of a translation by the rules of the fields they translate, the empty ones left out.

    Raises InvalidEntryError naming every field at fault.
    """
    fields, sources = FIELDS[Kind(entry.kind)], source_texts(entry)
    cleaned: dict[str, str] = {}
    problems: list[Problem] = []
    for name, written in texts.items():
        if not written.strip():
            continue
        if name not in sources:
            problems.append(Problem(name, written, _("The original says nothing here; leave it empty.")))
            continue
        try:
            field = NEED_FIELDS[name.split(".")[1]] if name.startswith("needs.") else fields[name]
            cleaned[name] = str(field.read(written, NO_CODES))
        except RefusedError as refused:
            problems.append(Problem(name, refused.value, refused.message))
    if status != TranslationStatus.NONE:
        missing = [name for name in NEEDED if not texts.get(name, "").strip()]
        problems += [Problem(name, None, _("is empty; this field is needed.")) for name in missing]
    if problems:
        raise InvalidEntryError(problems)
    return cleaned
