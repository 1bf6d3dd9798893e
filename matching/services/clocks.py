"""What happens to matches by the clock: reminders before and at a limit, escalation after it, expiry."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from matching.enums import Actor, Band, EndingReason, MatchState
from matching.lifecycle import BOTH_SIDES, TIMED, UNDER_WAY
from matching.models import Match, MatchQuerySet
from matching.rules.clock import Alarm, limit_of, next_alarm, ringing
from matching.services.announcing import tell
from solutions.lifecycle import LIVE


def tick(*, at: datetime) -> Counter[str]:
    """Let every alarm go off whose time has come, and end what cannot go on; return how many did what.

    Each match is a transaction of its own, and an alarm that went off is set to the next one in it: running twice does
    nothing, running late does what is due now.
    """
    done = Counter(expired=expire_overdue(at=at), closed=expire_closed(at=at), waiting=wait_for_a_look(at=at))
    for match in _with_sides(Match.objects.filter(alarm_at__lte=at)):
        done.update(_ring(match, at=at))
    return done


@transaction.atomic
def wait_for_a_look(*, at: datetime) -> int:
    """Start the clock of demands with strong proposals that nobody took up, stop it for others; return how many began.

    The best strong proposal carries the limit for all of the demand. Whatever a person or the ranking does to it starts
    the wait anew, with the next one.
    """
    proposed = Match.objects.proposed()
    taken_up = Match.objects.filter(state__in=UNDER_WAY).values("demand_id")
    proposed.filter(due_at__isnull=False, demand_id__in=taken_up).update(due_at=None, alarm_at=None)
    due_at = limit_of(MatchState.PROPOSED, since=at)
    if due_at is None:
        return 0
    waiting = proposed.filter(due_at__isnull=False).values("demand_id")
    strong = proposed.filter(band=Band.STRONG, demand__state__in=LIVE)
    idle = strong.exclude(demand_id__in=taken_up).exclude(demand_id__in=waiting).order_by("demand_id", "-rank", "-pk")
    best = dict(idle.values_list("demand_id", "pk"))  # of each demand the last one stays, which ranks first
    alarm_at = next_alarm(due_at, after=at)
    return proposed.filter(pk__in=best.values(), due_at=None).update(due_at=due_at, alarm_at=alarm_at)


def expire_overdue(*, at: datetime) -> int:
    """End the matches that people left lying and whose last day is over; return how many.

    Proposals stay: a good supply is not lost because nobody looked.
    """
    overdue = _with_sides(Match.objects.overdue(at=at).filter(alarm_at__lte=at, state__in=TIMED))
    expired = [match for match in overdue if match.due_at and ringing(match.due_at, at=at) is Alarm.EXPIRY]
    return sum(_expire(match, reason=EndingReason.NO_ANSWER, at=at) for match in expired)


def expire_closed(*, at: datetime) -> int:
    """End the matches on which people work although an entry is no longer published; return how many."""
    working = Match.objects.filter(state__in=TIMED)
    closed = _with_sides(working.filter(~Q(demand__state__in=LIVE) | ~Q(supply__state__in=LIVE)))
    return sum(_expire(match, reason=EndingReason.ENTRY_CLOSED, at=at) for match in closed)


@transaction.atomic
def _ring(match: Match, *, at: datetime) -> Counter[str]:
    alarm = ringing(match.due_at, at=at) if match.due_at else None
    if match.due_at is None or alarm is None:
        return Counter()
    same = Match.objects.filter(pk=match.pk, state=match.state, version=match.version, alarm_at=match.alarm_at)
    if not same.update(alarm_at=next_alarm(match.due_at, after=at)):
        return Counter()  # somebody acted meanwhile, or another worker was first
    event = f"{alarm.value}:{match.state_since:%Y%m%dT%H%M%S%f}"
    due, over = match.due_at.date().isoformat(), alarm is not Alarm.REMINDER
    if alarm in (Alarm.ESCALATION, Alarm.EXPIRY):  # the latter of a proposal, which does not expire
        tell(match, kind="matching.overdue", people=(Actor.CURATOR,), at=at, event=event, due=due, over=over)
    else:
        tell(match, kind="matching.reminder", people=match.next_actors, at=at, event=event, due=due, over=over)
    return Counter({alarm.value: 1})


@transaction.atomic
def _expire(match: Match, *, reason: EndingReason, at: datetime) -> int:
    """Expire a match and tell who knew of it; 0 when somebody acted meanwhile."""
    if not Match.objects.move(match, to=MatchState.EXPIRED, by=None, actor=Actor.CLOCK, reason=reason, at=at):
        return 0
    sides = BOTH_SIDES if match.introduced_at else frozenset({Actor.DEMAND_SIDE})
    tell(match, kind="matching.expired", people=sides | {Actor.CURATOR}, at=at, reason=str(reason))
    return 1


def _with_sides(matches: MatchQuerySet) -> MatchQuerySet:
    return matches.select_related("demand__organisation", "supply__organisation").order_by("pk")
