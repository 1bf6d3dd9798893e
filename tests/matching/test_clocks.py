"""Clocks: working days, each alarm once, expiry with a reason, nothing for who acted."""

from datetime import UTC, datetime, timedelta

import pytest

from matching.enums import Actor, Band, EndingReason, MatchState
from matching.lifecycle import OPEN, next_actors
from matching.models import Match, MatchEvent
from matching.queries import awaiting_introduction, overdue
from matching.rules.clock import Alarm, add_working_days, alarms, limit_of, next_alarm, ringing
from matching.services.answering import accept, withdraw
from matching.services.clocks import expire_overdue, tick
from matching.services.curation import dismiss, introduce, shortlist
from matching.services.ranking import rank_everything
from notifications.models import Notice
from solutions.enums import EntryState
from solutions.models import Entry
from tests.factories import NOW

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
S = MatchState


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "2026-11-02"),
        (4, "2026-11-06"),
        (5, "2026-11-09"),
        (10, "2026-11-16"),
        (-1, "2026-10-30"),
        (-6, "2026-10-23"),
    ],
)
def test_working_days_leave_weekends_out(days, expected):
    assert add_working_days(MONDAY, days) == datetime.fromisoformat(f"{expected}T09:00:00+00:00")


def test_from_a_weekend_the_first_working_day_is_monday():
    assert add_working_days(datetime(2026, 11, 7, 9, tzinfo=UTC), 1).date().isoformat() == "2026-11-09"


def test_a_limit_of_zero_is_none(settings):
    assert limit_of(S.SHORTLISTED, since=NOW) == add_working_days(NOW, 10)
    settings.MATCH_LIMIT_DAYS = {"shortlisted": 0}
    assert limit_of(S.SHORTLISTED, since=NOW) is None
    assert limit_of(S.AGREED, since=NOW) is None


def test_every_open_state_has_a_limit_and_a_next_actor(settings):
    assert {state for state in S if limit_of(state, since=NOW)} == OPEN
    assert {state for state in S if next_actors(state)} == OPEN


def test_each_alarm_rings_from_its_time_to_the_next():
    due = add_working_days(MONDAY, 10)
    times = [when for _alarm, when in alarms(due)]
    assert times == sorted(set(times))
    assert ringing(due, at=times[0] - timedelta(seconds=1)) is None
    for number, (alarm, when) in enumerate(alarms(due)):
        assert ringing(due, at=when) is alarm
        assert next_alarm(due, after=when) == (times[number + 1] if number < 3 else None)


@pytest.fixture
def match(catalogue, cast):
    """A match that the country shortlisted: curators are next."""
    rank_everything(at=NOW)
    match = Match.objects.get(supply=catalogue.pumps)
    shortlist(match=match, by=cast.focal_point, at=NOW)
    Notice.objects.all().delete()
    return match


def told():
    found = set(Notice.objects.values_list("kind", "recipient__name"))
    Notice.objects.all().delete()
    return found


def test_a_shortlisted_match_reminds_escalates_and_expires(match, cast):
    times = dict(alarms(match.due_at))
    assert not tick(at=times[Alarm.REMINDER] - timedelta(seconds=1)).total()
    for alarm, kind in (
        (Alarm.REMINDER, "matching.reminder"),
        (Alarm.LIMIT, "matching.reminder"),
        (Alarm.ESCALATION, "matching.overdue"),
    ):
        assert tick(at=times[alarm])[alarm.value] == 1
        assert told() == {(kind, "Curator")}
        assert not tick(at=times[alarm]).total()
        assert told() == set()
    assert tick(at=times[Alarm.EXPIRY])["expired"] == 1
    match.refresh_from_db()
    assert (match.state, match.reason_code, match.due_at) == (S.EXPIRED, EndingReason.NO_ANSWER, None)
    event = MatchEvent.objects.latest("pk")
    assert (event.actor, event.by, event.from_state) == (Actor.CLOCK, None, S.SHORTLISTED)
    # The country does not see the match any more: it reads on at its demand.
    assert set(Notice.objects.values_list("path", flat=True)) == {f"/demands/{match.demand.public_id}/matches/"}
    assert told() == {("matching.expired", "Curator"), ("matching.expired", "Focal point")}
    assert not tick(at=times[Alarm.EXPIRY]).total()


def test_only_the_side_that_has_not_answered_is_reminded_and_both_hear_of_the_end(match, cast):
    introduce(match=match, by=cast.curator, at=NOW)
    accept(match=match, side=Actor.DEMAND_SIDE, by=cast.focal_point, at=NOW)
    told()
    tick(at=match.due_at)
    assert told() == {("matching.reminder", "Publisher")}
    tick(at=match.due_at + timedelta(days=60))
    assert {person for _kind, person in told()} == {"Focal point", "Publisher", "Curator"}
    assert Match.objects.get(pk=match.pk).state == S.EXPIRED


def test_a_clock_that_stood_still_does_what_is_due_now_and_no_more(match):
    tick(at=dict(alarms(match.due_at))[Alarm.ESCALATION])
    assert told() == {("matching.overdue", "Curator")}


def test_who_acts_in_time_hears_nothing(match, cast):
    introduce(match=match, by=cast.curator, at=NOW + timedelta(days=1))
    first = dict(alarms(limit_of(S.SHORTLISTED, since=NOW)))[Alarm.REMINDER]
    told()
    assert not tick(at=first).total()
    assert told() == set()


def test_a_worker_that_read_an_old_row_neither_tells_nor_expires(match, cast, monkeypatch):
    """Somebody introduces the match after the clock has read it and before it writes."""
    real = Match.objects.filter(pk=match.pk).select_related("demand__organisation", "supply__organisation")
    read = list(real)
    introduce(match=Match.objects.get(pk=match.pk), by=cast.curator, at=NOW)
    told()
    monkeypatch.setattr("matching.services.clocks._with_sides", lambda _matches: read)
    late = dict(alarms(match.due_at))
    assert not tick(at=late[Alarm.LIMIT]).total()
    assert expire_overdue(at=late[Alarm.EXPIRY]) == 0
    assert told() == set()
    assert Match.objects.get(pk=match.pk).state == S.INTRODUCED


@pytest.mark.parametrize("side", ["demand", "pumps"])
def test_what_is_no_longer_published_ends_the_work_on_it(match, catalogue, side):
    Entry.objects.filter(pk=getattr(catalogue, side).pk).update(state=EntryState.ARCHIVED)
    assert tick(at=NOW)["closed"] == 1
    match.refresh_from_db()
    assert (match.state, match.reason_code) == (S.EXPIRED, EndingReason.ENTRY_CLOSED)
    assert not tick(at=NOW).total()


def test_the_boards_list_what_waits(match, catalogue):
    assert list(awaiting_introduction()) == [match]
    assert list(overdue(at=match.due_at - timedelta(seconds=1))) == []
    assert list(overdue(at=match.due_at)) == [match]


@pytest.fixture
def proposals(catalogue):
    """The two proposals of the demand, both strong, the best one first."""
    rank_everything(at=NOW)
    Match.objects.update(band=Band.STRONG)
    Notice.objects.all().delete()
    return list(Match.objects.order_by("rank"))


def waiting():
    return list(Match.objects.filter(due_at__isnull=False))


def test_a_demand_that_nobody_looks_at_is_reminded_of_once_for_all_its_proposals_and_does_not_expire(proposals):
    best = proposals[0]
    assert tick(at=NOW)["waiting"] == 1
    assert waiting() == [best]
    assert not tick(at=NOW).total()
    best.refresh_from_db()
    times = dict(alarms(best.due_at))
    both = {("matching.reminder", "Focal point"), ("matching.reminder", "Curator")}
    for alarm, people in (
        (Alarm.REMINDER, both),
        (Alarm.LIMIT, both),
        (Alarm.ESCALATION, {("matching.overdue", "Curator")}),
        (Alarm.EXPIRY, {("matching.overdue", "Curator")}),
    ):
        assert tick(at=times[alarm])[alarm.value] == 1
        assert told() == people
        assert not tick(at=times[alarm]).total()
    assert list(overdue(at=times[Alarm.EXPIRY])) == [best]
    assert Match.objects.get(pk=best.pk).state == S.PROPOSED


def test_the_wait_ends_when_the_demand_is_taken_up_and_begins_anew_when_that_ended(proposals, cast):
    best, other = proposals
    tick(at=NOW)
    shortlist(match=Match.objects.get(pk=other.pk), by=cast.focal_point, at=NOW)
    tick(at=NOW)
    assert waiting() == [other]  # as a match on the shortlist
    withdraw(match=Match.objects.get(pk=other.pk), by=cast.focal_point, reason=EndingReason.NOT_NEEDED, at=NOW)
    assert tick(at=NOW)["waiting"] == 1
    assert waiting() == [best]


def test_deciding_about_the_best_proposal_gives_the_next_one_the_limit(proposals, cast):
    best, other = proposals
    tick(at=NOW)
    dismiss(match=Match.objects.get(pk=best.pk), by=cast.curator, reason=EndingReason.DUPLICATE, at=NOW)
    assert waiting() == []
    tick(at=NOW + timedelta(days=9))
    assert waiting() == [other]
    assert Match.objects.get(pk=other.pk).due_at == limit_of(S.PROPOSED, since=NOW + timedelta(days=9))


@pytest.mark.parametrize("why", ["weak", "archived", "no limit"])
def test_nobody_has_to_look_at_what_is_not_strong_or_not_published_or_has_no_limit(proposals, settings, why):
    if why == "weak":
        Match.objects.update(band=Band.POSSIBLE)
    elif why == "archived":
        Entry.objects.filter(pk=proposals[0].demand_id).update(state=EntryState.ARCHIVED)
    else:
        settings.MATCH_LIMIT_DAYS = {**settings.MATCH_LIMIT_DAYS, "proposed": 0}
    tick(at=NOW)
    assert waiting() == []
