"""The freshness ladder: entries that nobody confirms are asked about, marked, left out of matching, archived."""

from __future__ import annotations

import calendar
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries import people_of
from accounts.rules import may
from core.errors import DomainError
from core.jobs import enqueue
from core.links import ForgedLinkError, opened, seal
from notifications.services import announce, notify
from solutions.enums import EntryState, Freshness
from solutions.models import Entry, EntryEvent, EntryQuerySet
from solutions.services.entries import permission
from solutions.services.errors import EntryChangedError, NotPermittedError

PURPOSE = "solutions.reconfirm"
LINK_LIFE = timedelta(days=183)
"""How long the link of a reminder is good: longer than the way to the next rung, which brings a new one."""

STEPS = (Freshness.FRESH, Freshness.REMINDED, Freshness.MARKED, Freshness.HIDDEN)


class NotLiveError(DomainError):
    """Only what readers see can be confirmed."""

    code = "not_live"


class LinkNotYoursError(DomainError):
    """The person whom the link was sent to does not speak for the entry any more."""

    code = "link_not_yours"


@dataclass(frozen=True, slots=True)
class Reconfirmation:
    """What a link would confirm, for whom; `done` when the entry was confirmed since the link was sent."""

    entry: Entry
    by: User
    done: bool


def keep_fresh(*, at: datetime) -> Counter[str]:
    """Move every live entry one rung up that was not confirmed for long enough; return how many reached each rung.

    Each entry is a transaction of its own, and a rung is reached once: running this twice does nothing. One that is
    years old is still asked about first and goes up one rung a run. The worker's next sweep ranks what changed.
    """
    reached: Counter[str] = Counter()
    # From the top, so that nothing goes up two rungs in one run.
    for entry in _unconfirmed(Freshness.HIDDEN, months=settings.FRESHNESS_MONTHS[EntryState.ARCHIVED], at=at):
        reached[EntryState.ARCHIVED] += _archive(entry, at=at)
    for before, to in reversed(list(pairwise(STEPS))):
        for entry in _unconfirmed(before, months=settings.FRESHNESS_MONTHS[to], at=at):
            reached[to] += _step_up(entry, to=to, at=at)
    return reached


def _unconfirmed(rung: Freshness, *, months: int, at: datetime) -> EntryQuerySet:
    """Return the live entries on a rung that nobody confirmed for so many months."""
    old = Entry.objects.live().filter(freshness=rung, confirmed_at__lte=months_before(at, months))
    return old.select_related("organisation").order_by("pk")


@transaction.atomic
def _step_up(entry: Entry, *, to: Freshness, at: datetime) -> bool:
    """Bring an entry to the next rung and ask for its confirmation; False when someone was first."""
    if to == Freshness.MARKED and entry.state == EntryState.PUBLISHED:
        note = _("Nobody has confirmed it for too long.")
        if not Entry.objects.move(entry, to=EntryState.STALE, by=None, note=note, at=at):
            return False
    changes: dict[str, object] = {"freshness": to}
    if to == Freshness.HIDDEN:
        changes |= {"version": F("version") + 1, "updated_at": at, "ranking_due_at": at}
    unchanged = Entry.objects.filter(
        pk=entry.pk, state=entry.state, freshness=entry.freshness, confirmed_at=entry.confirmed_at
    )
    if not unchanged.update(**changes):
        return False
    if to == Freshness.HIDDEN:
        note = _("Left out of matching: nobody has confirmed it for too long.")
        EntryEvent.objects.create(
            entry_id=entry.pk, by=None, from_state=entry.state, to_state=entry.state, note=note, at=at
        )
    months = list(settings.FRESHNESS_MONTHS.values())
    place = STEPS.index(to)
    context = {"title": entry.title, "step": to.value, "months": months[place - 1], "next_months": months[place]}
    for person in _speakers(entry):
        notify(
            kind="solutions.reconfirm",
            recipients=[person],
            event_key=f"{_key(entry)}:{to}",
            context=context,
            path=reconfirm_path(entry, person=person, at=at),
            at=at,
        )
    announce(
        organisation_id=entry.organisation_id,
        kind="solutions.reconfirm",
        event_key=f"{_key(entry)}:{to}",
        context=context,
        path=reverse("entry-detail", args=[entry.public_id]),
        at=at,
    )
    return True


@transaction.atomic
def _archive(entry: Entry, *, at: datetime) -> bool:
    note = _("Nobody has confirmed it for too long.")
    if not Entry.objects.move(entry, to=EntryState.ARCHIVED, by=None, note=note, at=at):
        return False
    event: dict[str, Any] = {
        "kind": "solutions.archived_unconfirmed",
        "event_key": f"{_key(entry)}:archived",
        "context": {"title": entry.title, "months": settings.FRESHNESS_MONTHS[EntryState.ARCHIVED]},
        "path": reverse("entry-detail", args=[entry.public_id]),
        "at": at,
    }
    notify(recipients=_speakers(entry), **event)
    announce(organisation_id=entry.organisation_id, **event)
    return True


def _speakers(entry: Entry) -> list[User]:
    """Return the people who may confirm an entry for its organisation."""
    return list(people_of(entry.organisation_id, Role.FOCAL_POINT if entry.is_demand else Role.PUBLISHER))


def _key(entry: Entry) -> str:
    """Name the wait that began with the last confirmation."""
    return f"solutions.reconfirm:{entry.public_id}:{_confirmed(entry)}"


def _confirmed(entry: Entry) -> int:
    return int(entry.confirmed_at.timestamp()) if entry.confirmed_at else 0


@transaction.atomic
def confirm_entry(*, entry: Entry, by: User, at: datetime) -> None:
    """Say for its organisation that a live entry still holds; it is fresh again and ranked anew.

    Raises NotPermittedError, NotLiveError, EntryChangedError.
    """
    if not may(by, permission("edit", entry.kind), entry.organisation):
        raise NotPermittedError
    if not entry.is_live:
        raise NotLiveError(_("This entry is not in the catalogue any more: submit it again."))
    note = _("Confirmed: it still holds.")
    if entry.state == EntryState.STALE:
        if not Entry.objects.move(entry, to=EntryState.PUBLISHED, by=by, note=note, at=at):
            raise EntryChangedError(entry)
    else:
        unchanged = Entry.objects.filter(pk=entry.pk, state=EntryState.PUBLISHED, version=entry.version)
        changes = {"confirmed_at": at, "freshness": Freshness.FRESH, "updated_at": at, "ranking_due_at": at}
        if not unchanged.update(version=F("version") + 1, updated_by=by, **changes):
            raise EntryChangedError(entry)
        EntryEvent.objects.create(
            entry_id=entry.pk, by=by, from_state=entry.state, to_state=entry.state, note=note, at=at
        )
        entry.refresh_from_db(fields=["version", "updated_by", *changes])
    enqueue("matching.rank_entry", entry_id=entry.pk)


def reconfirm_path(entry: Entry, *, person: User, at: datetime) -> str:
    """Return the page on which one person confirms an entry without log-in; good for LINK_LIFE and one confirmation."""
    sealed = seal(PURPOSE, [entry.public_id, person.pk, _confirmed(entry)], until=at + LINK_LIFE)
    return reverse("entry-reconfirm", args=[sealed])


def reconfirmation(*, sealed: str, at: datetime) -> Reconfirmation:
    """Return what a link would confirm. Raises ForgedLinkError, ExpiredLinkError, LinkNotYoursError, NotLiveError."""
    public_id, user_id, confirmed = opened(PURPOSE, sealed, at=at)
    entry = Entry.objects.select_related("organisation").filter(public_id=public_id).first()
    person = User.objects.filter(pk=user_id).first()
    if entry is None or person is None:
        raise ForgedLinkError(_("This link leads nowhere any more."))
    if not may(person, permission("edit", entry.kind), entry.organisation):
        raise LinkNotYoursError(_("You do not speak for this organisation any more: a colleague has to confirm."))
    if not entry.is_live:
        raise NotLiveError(_("This entry is not in the catalogue any more: submit it again."))
    return Reconfirmation(entry=entry, by=person, done=_confirmed(entry) != confirmed)


def reconfirm(*, sealed: str, at: datetime) -> Reconfirmation:
    """Confirm the entry that a link names, unless it was confirmed since the link was sent.

    Raises what `reconfirmation` and `confirm_entry` raise.
    """
    found = reconfirmation(sealed=sealed, at=at)
    if not found.done:
        confirm_entry(entry=found.entry, by=found.by, at=at)
    return found


def months_before(at: datetime, months: int) -> datetime:
    """Return the same time of the same day that many calendar months earlier; of a shorter month, the last day."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return at.replace(year=year, month=month + 1, day=min(at.day, last))
