"""Importing records: the whole file is checked, then all of it is written or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.rules import may
from core.jobs import enqueue
from solutions.enums import EntryState, Kind
from solutions.models import Entry
from solutions.queries import by_ids, for_records, vocabulary
from solutions.rules import ID_MAX, Problem, RefusedError, Vocabulary, clean, shown
from solutions.rules.readers import line as line_field
from solutions.services.entries import permission
from solutions.services.errors import NotPermittedError
from solutions.services.reading import (
    SEVERAL,
    FileFormat,
    ImportRefusedError,
    LineProblem,
    Row,
    check_file,
    format_of,
    read_rows,
)
from solutions.services.records import Links, add, as_referred, change, keys_by_id, record_of, refer, references

BATCH = 200
_ID = line_field(ID_MAX)

Track = Callable[[Iterable[Row], str], Iterable[Row]]


class RowReport(NamedTuple):
    """What became of one row: created, updated or unchanged; `entry` is empty for what a dry run would create."""

    line: int
    id: str
    outcome: str
    entry: str


@dataclass
class ImportReport:
    """How many records the file added, changed, or found as they were, and which."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rows: list[RowReport] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {"created": self.created, "updated": self.updated, "unchanged": self.unchanged}


@dataclass(frozen=True)
class Checked:
    """A row that may be written: what it holds, and the entry that it changes if there is one."""

    line: int
    kind: Kind
    source_id: str
    organisation_id: int
    changes: dict[str, Any]
    entry: Entry | None

    @property
    def moved(self) -> bool:
        """Whether the record names another organisation than the entry has."""
        return self.entry is not None and self.entry.organisation_id != self.organisation_id


@dataclass
class _Check:
    """What checking one file needs to know and to remember: codes, organisations, ids seen, solutions named."""

    vocabulary: Vocabulary
    organisations: dict[str, int]
    default_organisation: int | None
    by: User | None
    lines: dict[str, int] = field(default_factory=dict)
    entry_lines: dict[int, int] = field(default_factory=dict)
    solutions: set[str] = field(default_factory=set)
    named: dict[str, tuple[int, str]] = field(default_factory=dict)
    problems: list[LineProblem] = field(default_factory=list)
    count: int = 0

    def note(self, line: int, problems: Iterable[Problem]) -> None:
        """Remember problems: all are counted, the first ones listed."""
        for problem in problems:
            self.count += 1
            if len(self.problems) < SEVERAL:
                self.problems.append(LineProblem(line, problem))

    def batch(self, rows: list[Row]) -> Iterator[Checked]:
        """Yield the rows that may be written, with the entries they change: a fixed number of queries a batch."""
        ids = {source_id for row in rows if (source_id := self._readable_id(row.data.get("id")))}
        found = list(for_records(by_ids(ids)))
        entries = {entry.pk: entry for entry in found}
        keys = keys_by_id(ids, found)
        for row in rows:
            if row.problems:
                self.note(row.line, row.problems)
            elif checked := self._row(row, keys, entries):
                yield checked

    def _row(self, row: Row, keys: dict[str, int], entries: dict[int, Entry]) -> Checked | None:
        data = dict(row.data)
        problems: list[Problem] = []
        source_id = self._id(data.pop("id", None), row.line, problems)
        entry = entries.get(keys.get(source_id, 0))
        if entry and not self._may("edit", entry.kind, entry.organisation_id):
            text = _("this id belongs to an entry that you may not change; give the record another id.")
            self.note(row.line, [*problems, Problem("id", source_id, text)])
            return None
        kind = _kind(data.pop("kind", None), entry, problems)
        slug = data.pop("organisation", None) or ""
        organisation_id = entry.organisation_id if entry and slug == "" else self._organisation(slug, problems)
        if kind and organisation_id and (entry is None or entry.organisation_id != organisation_id):
            self._only_where_one_may(kind, organisation_id, slug, problems)
        if entry:
            self._only_once(entry, row.line, problems)
        values: dict[str, Any] = {}
        before = record_of(entry) if entry and kind else None
        if kind:
            values, found = clean(kind, data, self.vocabulary, before=before)
            values = as_referred(entry, values) if entry else values
            problems += found
        self.note(row.line, problems)
        if problems or not kind or not organisation_id:
            return None
        if kind is Kind.SOLUTION:
            self.solutions.add(source_id)
        for name, ids in references(kind, values).items():
            for one in ids:
                self.named.setdefault(one, (row.line, name))
        changes = values if before is None else {name: v for name, v in values.items() if v != before[name]}
        return Checked(row.line, kind, source_id, organisation_id, changes, entry)

    def _may(self, verb: str, kind: str, organisation_id: int) -> bool:
        """Tell whether the person may do this to entries of an organisation; nobody asks operators, nor curators."""
        if self.by is None or may(self.by, "entry.moderate"):
            return True
        return may(self.by, permission(verb, kind), Organisation(pk=organisation_id))

    def _only_where_one_may(self, kind: Kind, organisation_id: int, slug: object, problems: list[Problem]) -> None:
        if not self._may("create", kind, organisation_id):
            problems.append(Problem("organisation", slug, _("Your role does not allow this.")))

    def _readable_id(self, value: object) -> str:
        try:
            return str(_ID.read(value, self.vocabulary))
        except RefusedError:  # said by _id
            return ""

    def _id(self, value: object, line: int, problems: list[Problem]) -> str:
        try:
            source_id: str = _ID.read("" if value is None else value, self.vocabulary)
        except RefusedError as refused:
            problems.append(Problem("id", refused.value, refused.message))
            return ""
        if not source_id:
            problems.append(Problem("id", value, _("is empty; give each record an id of its own.")))
        elif source_id in self.lines:
            text = _("%(value)s stands in line %(line)d too; give each record an id of its own.")
            problems.append(Problem("id", value, text % {"value": shown(value), "line": self.lines[source_id]}))
        else:
            self.lines[source_id] = line
        return source_id

    def _only_once(self, entry: Entry, line: int, problems: list[Problem]) -> None:
        first = self.entry_lines.setdefault(entry.pk, line)
        if first != line:
            text = _("names the same entry as line %(line)d; keep one of them.") % {"line": first}
            problems.append(Problem("id", entry.source_id, text))

    def _organisation(self, value: object, problems: list[Problem]) -> int | None:
        if value == "":
            if self.default_organisation is None:
                text = _("is empty; name the organisation by its slug, or give one for the whole file.")
                problems.append(Problem("organisation", value, text))
            return self.default_organisation
        known = self.organisations.get(value) if isinstance(value, str) else None
        if known is None and self.default_organisation is None:
            text = _("%(value)s is no organisation here; correct the slug, or give one for the whole file.")
            problems.append(Problem("organisation", value, text % {"value": shown(value)}))
        return known or self.default_organisation

    def missing_references(self) -> None:
        """Remember as problems the solutions that are named and stand neither in the file nor in the catalogue."""
        open_ids = [one for one in self.named if one not in self.solutions]
        while some := open_ids[:BATCH]:
            del open_ids[:BATCH]
            found = by_ids(some).filter(kind=Kind.SOLUTION)
            known = keys_by_id(some, found.visible_to(self.by) if self.by else found)
            for one in some:
                if one not in known:
                    line, name = self.named[one]
                    text = _("no solution has the id %(id)s; correct or remove it.") % {"id": shown(one)}
                    self.note(line, [Problem(name, one, text)])


def _kind(value: object, entry: Entry | None, problems: list[Problem]) -> Kind | None:
    if not isinstance(value, str) or value not in Kind.values:
        text = _("%(value)s is no kind; write one of %(kinds)s.")
        problems.append(Problem("kind", value, text % {"value": shown(value), "kinds": ", ".join(Kind.values)}))
        return None
    if entry and entry.kind != value:
        text = _("the entry with this id is a %(kind)s and stays one; give the record another id.")
        problems.append(Problem("kind", value, text % {"kind": entry.kind}))
        return None
    return Kind(value)


def _untracked(rows: Iterable[Row], _label: str) -> Iterable[Row]:
    return rows


def import_records(
    *,
    path: Path,
    called: str = "",
    file_format: FileFormat | None = None,
    organisation: Organisation | None = None,
    publish: bool = False,
    dry_run: bool = False,
    track: Track = _untracked,
    by: User | None = None,
    at: datetime,
) -> ImportReport:
    """Import a file of records (docs/data-model.md) and report what it did, row by row.

    `by` writes only what they could write one by one: others' entries are left alone, and only curators, who may
    import for everybody, publish. Without a person it is on an operator's word, and nobody is asked.

    The file is read twice, in batches: once to check all of it, then, in one transaction, to write it. `called` is how
    messages name it; by default its path.
    `organisation` stands in where a new record names none, or one that is unknown. A known id is updated: fields left
    out stay as they are. The same file again changes nothing.
    Raises ImportRefusedError listing what is wrong by line and field, NotPermittedError; then nothing was written.
    """
    if by and not may(by, "entry.moderate") and (publish or not any(may(by, permission("create", k)) for k in Kind)):
        raise NotPermittedError
    called = called or str(path)
    check_file(path, most=settings.IMPORT_MAX_BYTES, called=called)
    chosen = file_format or format_of(path)

    def checked(check: _Check, label: str) -> Iterator[list[Checked]]:
        rows = iter(track(read_rows(path, chosen), label))
        while some := list(islice(rows, BATCH)):
            yield list(check.batch(some))

    report = ImportReport()
    check = _new_check(organisation, by)
    for batch in checked(check, _("Checking")):
        for row in batch:
            _count(row, row.entry, report)
    check.missing_references()
    _refuse_problems(called, check)
    if not check.lines:
        raise ImportRefusedError(_("%(path)s holds no record; there is nothing to import.") % {"path": called})
    if dry_run:
        return report
    with transaction.atomic():
        again = _new_check(organisation, by)
        report = _write(checked(again, _("Writing")), publish=publish, by=by, at=at)
        _refuse_problems(called, again)  # the file may have changed since it was checked
    return report


def _new_check(organisation: Organisation | None, by: User | None) -> _Check:
    known = Organisation.objects.visible_to(by) if by else Organisation.objects.all()
    slugs = dict(known.values_list("slug", "pk"))
    return _Check(vocabulary(), slugs, organisation.pk if organisation else None, by)


def _refuse_problems(called: str, check: _Check) -> None:
    if check.count:
        text = _("%(path)s has %(count)d problem(s); nothing was written.") % {"path": called, "count": check.count}
        raise ImportRefusedError(text, check.problems, check.count)


def _count(row: Checked, entry: Entry | None, report: ImportReport) -> None:
    if row.entry is None:
        outcome = "created"
        report.created += 1
    elif row.changes or row.moved:
        outcome = "updated"
        report.updated += 1
    else:
        outcome = "unchanged"
        report.unchanged += 1
    report.rows.append(RowReport(row.line, row.source_id, outcome, entry.public_id if entry else ""))


def _write(batches: Iterable[list[Checked]], *, publish: bool, by: User | None, at: datetime) -> ImportReport:
    report = ImportReport()
    pointing: list[tuple[Entry, dict[str, Any]]] = []
    ranking_is_due = False
    for batch in batches:
        links = Links()
        for row in batch:
            entry = _write_row(row, links, by=by, at=at)
            _count(row, entry, report)
            if publish:
                _publish(entry, by=by, at=at)
            named = {name: row.changes[name] for name in _pointing_fields(row)}
            if named:
                pointing.append((entry, named))
            ranking_is_due |= entry.ranking_due_at == at
        links.write()
    _point(pointing)
    if ranking_is_due:
        enqueue("matching.rank_due")
    return report


def _write_row(row: Checked, links: Links, *, by: User | None, at: datetime) -> Entry:
    if row.entry is None:
        return add(
            kind=row.kind,
            values=row.changes,
            organisation_id=row.organisation_id,
            source_id=row.source_id,
            links=links,
            by=by,
            at=at,
        )
    if not row.changes and not row.moved:
        return row.entry
    return change(
        entry=row.entry,
        version=row.entry.version,
        values=row.changes,
        organisation_id=row.organisation_id,
        links=links,
        by=by,
        at=at,
    )


def _publish(entry: Entry, *, by: User | None, at: datetime) -> None:
    """Move an entry on to published by the steps that every entry takes; one that is live stays as it is."""
    if entry.is_live:
        return
    note = _("Imported")
    if entry.state != EntryState.SUBMITTED:
        Entry.objects.move(entry, to=EntryState.SUBMITTED, by=by, note=note, at=at)
    Entry.objects.move(entry, to=EntryState.PUBLISHED, by=by, note=note, at=at)


def _pointing_fields(row: Checked) -> list[str]:
    """Return the fields to be pointed at other entries: those given, and on a change also those emptied."""
    if row.entry is None:
        return list(references(row.kind, row.changes))
    return [name for name in ("adapted_from", "linked_solutions") if name in row.changes]


def _point(pointing: list[tuple[Entry, dict[str, Any]]]) -> None:
    """Point entries to the solutions they name, once all are there."""
    for start in range(0, len(pointing), BATCH):
        some = pointing[start : start + BATCH]
        ids = {one for entry, named in some for ones in references(Kind(entry.kind), named).values() for one in ones}
        keys = keys_by_id(ids, by_ids(ids).filter(kind=Kind.SOLUTION))
        links = Links()
        for entry, named in some:
            refer(entry, named, keys, links)
        links.write()
