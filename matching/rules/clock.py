"""Clocks of matches: limits in working days, and what happens before, at and after them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings

from matching.enums import MatchState

WEEKEND = (5, 6)
"""Days of the week, Monday being 0, that count as free everywhere: Saturday and Sunday."""


class Alarm(Enum):
    """What happens by the clock, in this order: MATCH_<name>_DAYS of the settings from the limit, or at it."""

    REMINDER = "reminder"
    LIMIT = "limit"
    ESCALATION = "escalation"
    EXPIRY = "expiry"


def add_working_days(at: datetime, days: int) -> datetime:
    """Return the same time of day so many working days later, or earlier where `days` is negative."""
    step = timedelta(days=1 if days >= 0 else -1)
    left = abs(days)
    while left:
        at += step
        left -= at.weekday() not in WEEKEND
    return at


def limit_of(state: MatchState, *, since: datetime) -> datetime | None:
    """Return until when the next actors of a state have to act; None for a state without a limit."""
    days = settings.MATCH_LIMIT_DAYS.get(state)
    return add_working_days(since, days) if days else None


def alarms(due_at: datetime) -> list[tuple[Alarm, datetime]]:
    """Return what happens when around a limit, in order."""
    return [
        (Alarm.REMINDER, add_working_days(due_at, -settings.MATCH_REMINDER_DAYS)),
        (Alarm.LIMIT, due_at),
        (Alarm.ESCALATION, add_working_days(due_at, settings.MATCH_ESCALATION_DAYS)),
        (Alarm.EXPIRY, add_working_days(due_at, settings.MATCH_EXPIRY_DAYS)),
    ]


def ringing(due_at: datetime, *, at: datetime) -> Alarm | None:
    """Return the last alarm whose time has come; a clock that was stopped for a while skips the ones before it."""
    return next((alarm for alarm, when in reversed(alarms(due_at)) if when <= at), None)


def next_alarm(due_at: datetime, *, after: datetime) -> datetime | None:
    """Return when the next alarm goes off; None when there is none any more."""
    return next((when for _alarm, when in alarms(due_at) if when > after), None)
