"""Tell people what happened: once each, in their language, by e-mail as soon as each of them chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from accounts.models import User
from core.jobs import enqueue
from notifications.enums import Frequency
from notifications.models import Bounce, Email, Notice, Preference
from notifications.rules import NoticeKind, kind_called
from notifications.services.writing import new_email, subject_of, words_of


@transaction.atomic
def notify(
    *,
    kind: str,
    recipients: Iterable[User],
    event_key: str,
    context: dict[str, Any],
    path: str,
    at: datetime,
    by: User | None = None,
) -> int:
    """Write a notice for each recipient and an e-mail for who wants one at once; return how many were told.

    All in the caller's transaction; the e-mails leave after commit. `event_key` names the event: a person who has a
    notice of it already gets nothing. `by` is who did it and need not be told; inactive people are left out. `context`
    holds plain JSON values for the templates notifications/<kind>.subject.txt and notifications/<kind>.txt, which also
    know `recipient`, `site_name` and `url` (of `path`). Raises LookupError for a kind that no app declares.
    """
    declared = kind_called(kind)
    people = {person.pk: person for person in recipients if person.is_active and person != by}
    told = Notice.objects.filter(dedup_key=event_key, recipient__in=people).values_list("recipient_id", flat=True)
    for person_id in set(told):
        del people[person_id]
    wanted = _frequencies(declared, people)
    emails = {
        email.recipient_id: email
        for email in Email.objects.bulk_create(
            _email(kind=kind, recipient=person, context=context, path=path, at=at)
            for person in people.values()
            if wanted[person.pk] == Frequency.AT_ONCE
        )
    }
    Notice.objects.bulk_create(
        [
            Notice(
                recipient_id=person_id,
                kind=kind,
                dedup_key=event_key,
                context=context,
                path=path,
                frequency=wanted[person_id],
                email=emails.get(person_id),
                created_at=at,
            )
            for person_id in people
        ],
        ignore_conflicts=True,
    )
    return len(people) - _drop_unneeded(list(emails.values()))


def _frequencies(kind: NoticeKind, people: Mapping[int, User]) -> dict[int, Frequency]:
    """Return how soon each person wants to be mailed; who cannot be mailed now finds it in a later digest."""
    chosen = Preference.objects.filter(kind=kind.code, user__in=people).values_list("user_id", "frequency")
    wanted = dict.fromkeys(people, kind.frequency) | {user_id: Frequency(value) for user_id, value in chosen}
    for person_id in Bounce.objects.standing(people).values_list("recipient_id", flat=True):
        if wanted[person_id] == Frequency.AT_ONCE:
            wanted[person_id] = Frequency.DAILY
    return wanted


def _email(*, kind: str, recipient: User, context: dict[str, Any], path: str, at: datetime) -> Email:
    with translation.override(recipient.language):
        subject, text = words_of(kind, recipient=recipient, context=context, path=path)
    return new_email(recipient=recipient, scope=kind, subject=subject, text=text, at=at)


def _drop_unneeded(emails: Sequence[Email]) -> int:
    """Hand the e-mails to the worker, save those whose notice someone else wrote since we looked; count the latter."""
    if not emails:
        return 0
    ours = Email.objects.filter(pk__in=[email.pk for email in emails])
    new = set(ours.filter(notices__isnull=False).values_list("pk", flat=True))
    if len(new) < len(emails):
        ours.exclude(pk__in=new).delete()
    for email_id in sorted(new):
        enqueue("notifications.deliver", email_id=email_id)
    return len(emails) - len(new)


def headline(notice: Notice, *, reader: User) -> str:
    """Say in one line, in the active language, what a notice is about."""
    return subject_of(notice.kind, recipient=reader, context=notice.context, path=notice.path)


def mark_read(*, user: User, at: datetime, notice_ids: Sequence[int] | None = None) -> int:
    """Mark the given notices of a person read, or all of them; return how many were unread."""
    unread = Notice.objects.filter(recipient=user, read_at__isnull=True)
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    return unread.update(read_at=at)
