"""Writing entries: create, update."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.rules import may
from core.jobs import enqueue
from solutions.enums import Kind
from solutions.models import Entry
from solutions.queries import by_ids, for_records, vocabulary
from solutions.rules import Problem, clean, shown
from solutions.services.errors import EntryChangedError, InvalidEntryError, NotPermittedError
from solutions.services.records import Links, add, as_referred, change, keys_by_id, record_of, refer, references

SLUG = re.compile(r"[-\w]{1,80}", re.ASCII)


def permission(verb: str, kind: str) -> str:
    """Name the permission for a verb (create, edit, submit) on a kind, as accounts.rules lists it."""
    return f"entry.{verb}_{'demand' if kind == Kind.DEMAND else 'supply'}"


def works_on(user: User | AnonymousUser, entry: Entry) -> bool:
    """Tell whether a reader works on an entry: a member of its organisation or a curator."""
    return isinstance(user, User) and (may(user, "entry.moderate") or entry.organisation_id in user.roles)


def creatable(user: User | AnonymousUser) -> list[Kind]:
    """Return the kinds of which somebody may write new entries, in any organisation at all."""
    return [kind for kind in Kind if may(user, permission("create", kind))]


def organisation_by_slug(slug: object, *, user: User | AnonymousUser) -> Organisation:
    """Return the organisation that somebody names as an entry's. Raises InvalidEntryError when they know of none."""
    known = Organisation.objects.visible_to(user)
    if isinstance(slug, str) and SLUG.fullmatch(slug) and (found := known.filter(slug=slug).first()):
        return found
    message = _("%(value)s is no organisation here; write its slug.") % {"value": shown(slug)}
    raise InvalidEntryError([Problem("organisation", slug, message)])


@transaction.atomic
def create_entry(
    *, kind: Kind, organisation: Organisation, values: Mapping[str, object], by: User, at: datetime
) -> Entry:
    """Write a new draft of an organisation from the fields of a record (docs/data-model.md).

    Raises NotPermittedError, and InvalidEntryError naming every field at fault.
    """
    if not may(by, permission("create", kind), organisation):
        raise NotPermittedError
    cleaned, problems = clean(kind, values, vocabulary())
    keys = _known_references(kind, cleaned, problems, user=by)
    if problems:
        raise InvalidEntryError(problems)
    links = Links()
    entry = add(kind=kind, values=cleaned, organisation_id=organisation.pk, links=links, by=by, at=at)
    refer(entry, {name: cleaned[name] for name in references(kind, cleaned)}, keys, links)
    links.write()
    return entry


@transaction.atomic
def update_entry(*, entry: Entry, values: Mapping[str, object], version: int, by: User, at: datetime) -> Entry:
    """Change the given fields of an entry that the caller read at a version; fields left out stay as they are.

    A change of a live entry makes its ranking due; what changes nothing is no change. Raises NotPermittedError,
    EntryChangedError naming who was first and when, and InvalidEntryError naming every field at fault.
    """
    if not may(by, permission("edit", entry.kind), entry.organisation):
        raise NotPermittedError
    current = for_records(Entry.objects.filter(pk=entry.pk)).get()
    if current.version != version:
        raise EntryChangedError(current)
    kind = Kind(current.kind)
    before = record_of(current)
    cleaned, problems = clean(kind, values, vocabulary(), before=before)
    cleaned = as_referred(current, cleaned)
    keys = _known_references(kind, cleaned, problems, user=by)
    if problems:
        raise InvalidEntryError(problems)
    changes = {name: value for name, value in cleaned.items() if value != before[name]}
    if not changes:
        return current.details
    links = Links()
    changed = change(entry=current, version=version, values=changes, links=links, by=by, at=at)
    refer(changed, changes, keys, links)
    links.write()
    if changed.is_live:
        enqueue("matching.rank_entry", entry_id=changed.pk)
    return changed


def note_change(*, entry: Entry, by: User, at: datetime) -> None:
    """Mark an entry, about to be saved by a form, as changed: one version further, and due for ranking when live.

    The form has compared versions under a lock. The ranking is handed to the worker after commit.
    """
    entry.updated_by, entry.updated_at = by, at
    if entry.pk is None:
        entry.created_by = by
        return
    entry.version += 1
    if entry.is_live:
        entry.ranking_due_at = at
        enqueue("matching.rank_entry", entry_id=entry.pk)


def _known_references(
    kind: Kind, values: Mapping[str, Any], problems: list[Problem], *, user: User | AnonymousUser
) -> dict[str, int]:
    """Return the keys of the solutions a record names; one the person may not know of is unknown."""
    named = references(kind, values)
    ids = {one for ones in named.values() for one in ones}
    found = by_ids(ids).visible_to(user).filter(kind=Kind.SOLUTION) if ids else Entry.objects.none()
    keys = keys_by_id(ids, found)
    problems += [
        Problem(name, one, _("no solution has the id %(id)s; correct or remove it.") % {"id": shown(one)})
        for name, ones in named.items()
        for one in ones
        if one not in keys
    ]
    return keys
