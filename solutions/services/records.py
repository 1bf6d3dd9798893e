"""Between an entry's rows and its record: the plain form in which rules, import and export know it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from simple_history.utils import bulk_create_with_history

from accounts.models import User
from solutions.enums import Kind
from solutions.models import Demand, Entry, NeedLine, Offer, Solution
from solutions.rules import FIELDS, Store
from solutions.services.errors import EntryChangedError

MODELS: dict[Kind, type[Solution] | type[Demand] | type[Offer]] = {
    Kind.SOLUTION: Solution,
    Kind.DEMAND: Demand,
    Kind.OFFER: Offer,
}


def id_of(entry: Entry) -> str:
    """Return the id by which records refer to an entry: the one at its source, else its public id."""
    return entry.source_id or entry.public_id


def public_id_of(entry: Entry) -> str:
    """Return the id by which this catalogue refers to an entry."""
    return entry.public_id


def record_of(
    entry: Entry, names: Iterable[str] | None = None, *, refer_by: Callable[[Entry], str] = id_of
) -> dict[str, Any]:
    """Return fields of an entry (all by default) in the clean form of `rules.clean`.

    No query after `queries.for_records`. Other entries are named by what `refer_by` returns.
    """
    fields = FIELDS[Kind(entry.kind)]
    return {name: _value(entry, name, fields[name].store, refer_by) for name in names or fields}


def _value(entry: Entry, name: str, store: Store, refer_by: Callable[[Entry], str]) -> Any:
    # What all kinds share was prefetched on the entry, the rest on the row of its kind.
    owner = entry if hasattr(Entry, name) else entry.details
    if store is Store.CODE:
        return getattr(owner, f"{name}_id")
    if store is Store.CODES:
        return sorted(row.pk for row in getattr(owner, name).all())
    if store is Store.REFERENCE:
        other = getattr(owner, name)
        return refer_by(other) if other else None
    if store is Store.REFERENCES:
        return sorted(refer_by(other) for other in getattr(owner, name).all())
    if store is Store.NEEDS:
        lines = sorted(getattr(owner, name).all(), key=lambda need: (need.position, need.pk))
        return [{"title": n.title, "description": n.description, "modality": n.modality_id} for n in lines]
    return getattr(owner, name)


class Links:
    """Rows of the many-to-many tables and need lines, gathered for many entries and written in bulk."""

    def __init__(self) -> None:
        self._rows: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self._emptied: dict[tuple[type[models.Model], str], list[int]] = defaultdict(list)

    def replace(self, entry: Entry, name: str, keys: Iterable[Any], *, fresh: bool) -> None:
        """Let a relation of an entry hold these keys; a fresh entry has none that would have to go."""
        relation = type(entry)._meta.get_field(name)
        if not isinstance(relation, models.ManyToManyField) or relation.remote_field.through is None:
            raise TypeError(f"{name} is no many-to-many relation")
        source, target = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
        self._replace(relation.remote_field.through, source, entry, [{target: key} for key in keys], fresh=fresh)

    def replace_needs(self, entry: Entry, needs: Iterable[Mapping[str, Any]], *, fresh: bool) -> None:
        """Let a demand have these need lines, in this order; lines that are the same already stay the same rows."""
        rows = [
            {"position": n, "title": need["title"], "description": need["description"], "modality_id": need["modality"]}
            for n, need in enumerate(needs)
        ]
        if not fresh:
            there = NeedLine.objects.filter(demand_id=entry.pk).order_by("position", "pk")
            if list(there.values("position", "title", "description", "modality_id")) == rows:
                return
        self._replace(NeedLine, "demand_id", entry, rows, fresh=fresh)

    def _replace(
        self, model: type[models.Model], source: str, entry: Entry, rows: list[dict[str, Any]], *, fresh: bool
    ) -> None:
        if not fresh:
            self._emptied[model, source].append(entry.pk)
        self._rows[model] += [model(**{source: entry.pk}, **row) for row in rows]

    def write(self) -> None:
        """Write what was gathered: one deletion and one insertion for each table."""
        for (model, source), keys in self._emptied.items():
            model._default_manager.filter(**{f"{source}__in": keys}).delete()
        for model, rows in self._rows.items():
            if model is NeedLine:
                bulk_create_with_history(rows, model, batch_size=500)
            else:
                model._default_manager.bulk_create(rows, batch_size=500)
        self._rows.clear()
        self._emptied.clear()


def add(
    *,
    kind: Kind,
    values: Mapping[str, Any],
    organisation_id: int,
    source_id: str = "",
    links: Links,
    by: User | None,
    at: datetime,
) -> Entry:
    """Write a new draft; `links` holds its relations until written. References are the caller's."""
    entry = MODELS[kind](
        organisation_id=organisation_id,
        source_id=source_id,
        created_by=by,
        updated_by=by,
        created_at=at,
        updated_at=at,
    )
    _set(entry, kind, values)
    save(entry, by=by, at=at)
    _relate(entry, kind, values, links, fresh=True)
    return entry


def change(
    *,
    entry: Entry,
    version: int,
    values: Mapping[str, Any],
    organisation_id: int | None = None,
    links: Links,
    by: User | None,
    at: datetime,
) -> Entry:
    """Write changed values of an entry, as one version further; return the row of its kind.

    Raises EntryChangedError when the entry is no longer at the version that the caller read.
    """
    claimed = Entry.objects.filter(pk=entry.pk, version=version)
    if not claimed.update(version=version + 1, updated_by=by, updated_at=at):
        raise EntryChangedError(entry)
    details = entry.details
    details.version, details.updated_by, details.updated_at = version + 1, by, at
    details.organisation_id = organisation_id or details.organisation_id
    if details.is_live:
        details.ranking_due_at = at
    kind = Kind(entry.kind)
    _set(details, kind, values)
    save(details, by=by, at=at)
    _relate(details, kind, values, links, fresh=False)
    return details


def save(entry: Entry, *, by: User | None, at: datetime) -> None:
    """Save the row of a kind, and who did it when in its history."""
    entry._history_user = by  # type: ignore[attr-defined]  # read by django-simple-history
    entry._history_date = at  # type: ignore[attr-defined]  # read by django-simple-history
    entry.save()


def _set(entry: Entry, kind: Kind, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        store = FIELDS[kind][name].store
        if store in (Store.COLUMN, Store.CODE):
            setattr(entry, name if store is Store.COLUMN else f"{name}_id", value)


def _relate(entry: Entry, kind: Kind, values: Mapping[str, Any], links: Links, *, fresh: bool) -> None:
    for name, value in values.items():
        store = FIELDS[kind][name].store
        if store is Store.CODES:
            links.replace(entry, name, value, fresh=fresh)
        elif store is Store.NEEDS:
            links.replace_needs(entry, value, fresh=fresh)


def refer(entry: Entry, values: Mapping[str, Any], keys: Mapping[str, int], links: Links) -> None:
    """Point an entry to the solutions that its record names; `keys`: their primary keys by id."""
    for name, value in values.items():
        store = FIELDS[Kind(entry.kind)][name].store
        if store is Store.REFERENCE:
            Solution.objects.filter(pk=entry.pk).update(**{f"{name}_id": keys[value] if value else None})
        elif store is Store.REFERENCES:
            links.replace(entry, name, [keys[one] for one in value], fresh=False)


def as_referred(entry: Entry, values: dict[str, Any]) -> dict[str, Any]:
    """Return a record's values with the ids of `record_of` for what the entry refers to, so that they can be compared.

    No query after `queries.for_records`.
    """
    named = dict(values)
    for name, value in values.items():
        store = FIELDS[Kind(entry.kind)][name].store
        if store is Store.REFERENCE and (other := getattr(entry.details, name)) and value == other.public_id:
            named[name] = id_of(other)
        elif store is Store.REFERENCES:
            known = {other.public_id: id_of(other) for other in getattr(entry.details, name).all()}
            named[name] = sorted({known.get(one, one) for one in value})
    return named


def references(kind: Kind, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the ids of other entries that a record names, by field."""
    named: dict[str, list[str]] = {}
    for name, value in values.items():
        store = FIELDS[kind][name].store
        if store is Store.REFERENCE and value:
            named[name] = [value]
        elif store is Store.REFERENCES and value:
            named[name] = value
    return named


def keys_by_id(ids: Collection[str], found: Iterable[Entry]) -> dict[str, int]:
    """Return the primary keys of entries by the id they were asked for; the id at the source wins."""
    keys: dict[str, int] = {}
    for entry in found:
        if entry.public_id in ids:
            keys.setdefault(entry.public_id, entry.pk)
        if entry.source_id in ids:
            keys[entry.source_id] = entry.pk
    return keys
