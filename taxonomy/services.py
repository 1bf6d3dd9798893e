"""Read the reference data files and bring the database to what they say."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction

from core.errors import DomainError
from taxonomy.models import (
    Country,
    CountryGroup,
    CountryGroupMembership,
    Goal,
    Language,
    Modality,
    ReferenceChange,
    Region,
    Sector,
    Target,
)

Key = tuple[Any, ...]
Known = dict[type[models.Model], set[Any]]


class ReferenceDataError(DomainError):
    """A reference data file that cannot be used; names the file, the row and the field."""

    code = "invalid_reference_data"

    def __init__(self, message: str, *, file: str, row: int | None = None, field: str | None = None) -> None:
        where = [file, f"row {row}" if row else "", f"field {field}" if field else ""]
        super().__init__(f"{', '.join(filter(None, where))}: {message}", field=field)
        self.file = file
        self.row = row


@dataclass(frozen=True)
class Table:
    """One file and its model; `owned` rows go when they leave the file, since nothing points to them."""

    file: str
    model: type[models.Model]
    key: tuple[str, ...]
    owned: bool = False


# A table stands below those that it points to.
TABLES = (
    Table("goals", Goal, ("number",)),
    Table("targets", Target, ("code",)),
    Table("regions", Region, ("code",)),
    Table("countries", Country, ("code",)),
    Table("country_groups", CountryGroup, ("code",)),
    Table("country_group_memberships", CountryGroupMembership, ("group_id", "country_id"), owned=True),
    Table("sectors", Sector, ("code",)),
    Table("modalities", Modality, ("code",)),
    Table("languages", Language, ("code",)),
)


@dataclass(frozen=True)
class Counts:
    """What a load did to one table."""

    created: int
    updated: int
    unchanged: int
    removed: int


def default_folder() -> Path:
    """Return the folder of the reference data that comes with the platform."""
    return Path(settings.FIXTURES_DIR) / "taxonomy"


def reference_rows(name: str, *, folder: Path | None = None) -> list[dict[str, Any]]:
    """Read the rows of a reference file, "countries" for instance, without any database.

    Raises ReferenceDataError when the file is missing or is not {"source", "date", "rows"}.
    """
    file = f"{name}.json"
    try:
        content = json.loads(((folder or default_folder()) / file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReferenceDataError(f"cannot be read: {error}", file=file) from error
    if not isinstance(content, dict):
        raise ReferenceDataError('must be an object with "source", "date" and "rows"', file=file)
    if not isinstance(content.get("source"), str) or not content["source"]:
        raise ReferenceDataError("must say where the rows come from", file=file, field="source")
    try:
        date.fromisoformat(content.get("date", ""))
    except (TypeError, ValueError) as error:
        raise ReferenceDataError("must be the day of the source, as 2026-01-31", file=file, field="date") from error
    rows = content.get("rows")
    if not isinstance(rows, list) or not rows:
        raise ReferenceDataError("must be a list that is not empty", file=file, field="rows")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise ReferenceDataError("must be an object", file=file, row=number)
    return rows


@transaction.atomic
def load_taxonomy(
    *, folder: Path, at: datetime, progress: Callable[[str, Counts], None] | None = None
) -> dict[str, Counts]:
    """Bring the reference tables to what the files of a folder say, writing only what differs.

    Returns the counts by file name and tells `progress` each as it is done. A row that left its file stays in the
    database, where entries may point to it; only group memberships are removed. Raises ReferenceDataError before
    anything is written when any file is wrong.
    """
    known: Known = {}
    parsed = [(table, _parsed(table, reference_rows(table.file, folder=folder), known)) for table in TABLES]
    dated = set(ReferenceChange.objects.values_list("file", flat=True))
    counts = {}
    for table, items in parsed:
        counts[table.file] = done = _applied(table, items)
        if done.created or done.updated or done.removed or table.file not in dated:
            ReferenceChange.objects.update_or_create(file=table.file, defaults={"at": at})
        if progress:
            progress(table.file, counts[table.file])
    return counts


def _parsed(table: Table, rows: list[dict[str, Any]], known: Known) -> list[models.Model]:
    """Turn rows into checked, unsaved instances and note their keys in `known`."""
    codes = known.setdefault(table.model, set())
    seen: dict[tuple[str, ...], set[Key]] = {names: set() for names in _unique_together(table.model)}
    items = []
    for number, row in enumerate(rows, start=1):
        try:
            item = _instance(table.model, row, known)
            for names, keys in seen.items():
                key = _key(item, names)
                if key in keys:
                    raise ValidationError({names[-1]: f"{key[-1]} stands in an earlier row already"})
                keys.add(key)
        except ValidationError as error:
            field, messages = next(iter(error.message_dict.items()))
            raise ReferenceDataError(messages[0], file=f"{table.file}.json", row=number, field=field) from error
        codes.add(item.pk)
        items.append(item)
    return items


def _instance(model: type[models.Model], row: dict[str, Any], known: Known) -> models.Model:
    """Build one instance from a row whose names are the model's field names.

    Raises ValidationError by field.
    """
    fields = {field.name: field for field in _fields(model)}
    unknown = next((name for name in row if name not in fields), None)
    if unknown:
        raise ValidationError({unknown: f"is not known; the fields are {', '.join(fields)}"})
    for name, field in fields.items():
        if name not in row and not field.null and not field.has_default():
            raise ValidationError({name: "is missing"})
        if isinstance(field, models.ForeignKey):
            _check_reference(field, row.get(name), known)
    item = model(**{fields[name].attname: value for name, value in row.items()})
    item.clean_fields(exclude=[name for name, field in fields.items() if isinstance(field, models.ForeignKey)])
    item.clean()
    return item


def _check_reference(field: "models.ForeignKey[Any, Any]", value: Any, known: Known) -> None:
    """Raise ValidationError unless the value is null where that is allowed, or the key of a row read before."""
    if value is None and field.null:
        return
    related = field.related_model
    if not isinstance(value, str | int) or value not in known[related]:
        raise ValidationError({field.name: f"{value!r} is no {related._meta.verbose_name} in a row above"})


def _applied(table: Table, items: list[models.Model]) -> Counts:
    """Write what differs from the database and count it."""
    manager = table.model._default_manager
    existing = {_key(item, table.key): item for item in manager.all()}
    names = [field.attname for field in _fields(table.model) if not field.primary_key]
    created, updated = [], []
    for item in items:
        stored = existing.pop(_key(item, table.key), None)
        if stored is None:
            created.append(item)
        elif any(getattr(stored, name) != getattr(item, name) for name in names):
            item.pk = stored.pk
            updated.append(item)
    manager.bulk_create(created)
    if updated:
        manager.bulk_update(updated, [field.name for field in _fields(table.model) if not field.primary_key])
    left = [item.pk for item in existing.values()] if table.owned else []
    manager.filter(pk__in=left).delete()
    return Counts(
        created=len(created),
        updated=len(updated),
        unchanged=len(items) - len(created) - len(updated),
        removed=len(left),
    )


def _fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """Return the columns that a row states."""
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]


def _unique_together(model: type[models.Model]) -> Iterable[tuple[str, ...]]:
    """Return the groups of columns that no two rows may share."""
    columns = {field.name: field.attname for field in _fields(model)}
    for field in _fields(model):
        if field.unique:
            yield (field.attname,)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield tuple(columns[name] for name in constraint.fields)


def _key(item: models.Model, names: tuple[str, ...]) -> Key:
    return tuple(getattr(item, name) for name in names)
