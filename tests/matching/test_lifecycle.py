"""Role x move x side, in full, against a table written out by hand; who is second, and bad input."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from matching.enums import Act, Actor, Answer, EndingReason, MatchState
from matching.lifecycle import MOVES, OPEN, REASONS, TIMED, next_actors
from matching.models import Match, MatchEvent
from matching.rules.clock import limit_of, next_alarm
from matching.services.answering import accept, agree, decline, withdraw
from matching.services.curation import dismiss, introduce, reopen, shortlist
from matching.services.moving import NOTE_MAX, BadDecisionError, MatchNotOpenError, MoveRefusedError
from tests.factories import NOW, MembershipFactory, OrganisationFactory

LATER = NOW + timedelta(hours=3)
S = MatchState
# What a person does, from which states it can be done, to what it leads, and who may: f the focal point of the country
# that asks, p the publisher of the provider, q the provider's focal point, c the curator. Nobody else ever may.
BY_HAND = """
shortlist      proposed                               shortlisted  f--c
dismiss        proposed                               dismissed    f--c
dismiss        shortlisted,gone                       dismissed    ---c
introduce      shortlisted                            introduced   ---c
accept_demand  introduced                             introduced   f---
accept_supply  introduced                             introduced   -pq-
decline_demand introduced,interested                  declined     f---
decline_supply introduced,interested                  declined     -pq-
withdraw       shortlisted,introduced,interested      withdrawn    f---
agree          interested                             agreed       f--c
reopen         dismissed,declined,withdrawn,expired   proposed     ---c
"""
ROWS = [line.split() for line in BY_HAND.strip().splitlines()]
LETTERS = {"focal_point": "f", "colleague": "f", "publisher": "p", "partner": "q", "curator": "c"}
PEOPLE = (
    "focal_point", "colleague", "observer", "publisher", "partner", "agency_observer", "outsider", "foreign_publisher",
    "unverified_member", "curator",
)  # fmt: skip
WHY = {"reason": EndingReason.SOLVED_ELSEWHERE}
DEMAND, SUPPLY = {"side": Actor.DEMAND_SIDE}, {"side": Actor.SUPPLY_SIDE}
VERBS = {
    "shortlist": (shortlist, {}),
    "dismiss": (dismiss, WHY),
    "introduce": (introduce, {}),
    "accept_demand": (accept, DEMAND),
    "accept_supply": (accept, SUPPLY),
    "decline_demand": (decline, DEMAND | WHY),
    "decline_supply": (decline, SUPPLY | WHY),
    "withdraw": (withdraw, WHY),
    "agree": (agree, {}),
    "reopen": (reopen, {}),
}


@pytest.fixture
def everyone(cast):
    """The fixed cast, and people of the provider's side that it lacks."""
    cast.partner = MembershipFactory(role=Role.FOCAL_POINT, organisation=cast.agency).user
    cast.agency_observer = MembershipFactory(role=Role.OBSERVER, organisation=cast.agency).user
    cast.foreign_publisher = MembershipFactory(role=Role.PUBLISHER, organisation=OrganisationFactory()).user
    return cast


def in_state(match, state, **fields):
    Match.objects.filter(pk=match.pk).update(state=state, **fields)
    return Match.objects.get(pk=match.pk)


def expected(verb, state, person):
    for name, sources, target, who in ROWS:
        if name == verb and state in sources.split(",") and LETTERS.get(person, "?") in who:
            return target
    return None


@pytest.mark.parametrize("state", MatchState)
@pytest.mark.parametrize("verb", VERBS)
def test_every_person_in_every_state(match, everyone, verb, state):
    act, arguments = VERBS[verb]
    for person in PEOPLE:
        fresh = in_state(match, state, demand_answer="", supply_answer="")
        events = MatchEvent.objects.count()
        target = expected(verb, state, person)
        if target:
            act(match=fresh, by=getattr(everyone, person), note="Seen.", at=LATER, **arguments)
            event = MatchEvent.objects.latest("pk")
            assert (event.from_state, event.to_state, event.by, event.note, event.at) == (
                state, target, getattr(everyone, person), "Seen.", LATER,
            )  # fmt: skip
            assert event.reason_code == arguments.get("reason", "")
        else:
            with pytest.raises((MoveRefusedError, MatchNotOpenError)):
                act(match=fresh, by=getattr(everyone, person), at=LATER, **arguments)
            assert MatchEvent.objects.count() == events
        assert Match.objects.get(pk=match.pk).state == (target or state), person


def test_the_table_by_hand_and_the_table_of_moves_say_the_same():
    by_hand = {(source, row[2]) for row in ROWS for source in row[1].split(",") if source != row[2]}
    people = {Actor.DEMAND_SIDE, Actor.SUPPLY_SIDE, Actor.CURATOR}
    # a pin brings back what was no longer proposed; the second acceptance makes a match interesting to both
    others = {(S.GONE, S.PROPOSED), (S.INTRODUCED, S.INTERESTED)}
    assert {move for move, who in MOVES.items() if who & people} == by_hand | others


@pytest.mark.parametrize("state", MatchState)
def test_nobody_who_cannot_move_a_match_is_next(state):
    movers = {actor for (source, _), who in MOVES.items() if source is state for actor in who}
    assert next_actors(state) <= movers
    assert bool(next_actors(state)) == (state in OPEN)


@pytest.mark.parametrize("person", ["focal_point", "publisher", "observer"])
def test_a_stranger_is_refused_and_not_told_the_state(match, cast, person):
    with pytest.raises(MoveRefusedError, match="somebody else"):
        introduce(match=match, by=getattr(cast, person), at=NOW)


@pytest.mark.parametrize("first", [Actor.DEMAND_SIDE, Actor.SUPPLY_SIDE])
def test_each_side_answers_for_itself_and_both_make_it_interesting(match, cast, first):
    people = {Actor.DEMAND_SIDE: cast.focal_point, Actor.SUPPLY_SIDE: cast.publisher}
    second = ({*people} - {first}).pop()
    match = in_state(match, S.SHORTLISTED)
    introduce(match=match, by=cast.curator, at=NOW)
    assert match.next_actors == {*people}
    accept(match=match, side=first, by=people[first], at=NOW)
    assert (match.state, match.next_actors) == (S.INTRODUCED, {second})
    for side in people:
        with pytest.raises(MoveRefusedError):
            accept(match=match, side=side, by=people[({*people} - {side}).pop()], at=NOW)
    with pytest.raises(MatchNotOpenError):
        accept(match=match, side=first, by=people[first], at=NOW)
    accept(match=match, side=second, by=people[second], at=LATER)
    assert (match.state, match.next_actors) == (S.INTERESTED, {Actor.DEMAND_SIDE})
    agree(match=match, by=cast.focal_point, at=LATER)
    match.refresh_from_db()
    assert (match.state, match.demand_answer, match.supply_answer) == (S.AGREED, Answer.ACCEPTED, Answer.ACCEPTED)
    assert match.next_actors == frozenset()
    assert list(match.events.order_by("pk").values_list("act", "actor", "to_state"))[-4:] == [
        (Act.MOVED, Actor.CURATOR, S.INTRODUCED),
        (Act.ACCEPTED, first, S.INTRODUCED),
        (Act.MOVED, second, S.INTERESTED),
        (Act.MOVED, Actor.DEMAND_SIDE, S.AGREED),
    ]


def test_a_decline_says_which_side_and_a_reopened_match_starts_anew(match, cast):
    match = in_state(match, S.INTRODUCED, demand_answer=Answer.ACCEPTED, introduced_at=NOW)
    decline(match=match, side=Actor.SUPPLY_SIDE, by=cast.publisher, reason=EndingReason.NO_CAPACITY, at=NOW)
    assert (match.state, match.demand_answer, match.supply_answer) == (S.DECLINED, "accepted", "declined")
    assert (match.reason_code, match.due_at) == (EndingReason.NO_CAPACITY, None)
    reopen(match=match, by=cast.curator, at=LATER)
    assert (match.state, match.reason_code) == (S.PROPOSED, "")
    assert (match.demand_answer, match.supply_answer) == ("", "")


@pytest.mark.parametrize("state", sorted(TIMED))
def test_a_state_with_a_limit_starts_its_clock(match, cast, state):
    actors = {S.SHORTLISTED: Actor.CURATOR, S.INTRODUCED: Actor.CURATOR, S.INTERESTED: Actor.SUPPLY_SIDE}
    before = {S.SHORTLISTED: S.PROPOSED, S.INTRODUCED: S.SHORTLISTED, S.INTERESTED: S.INTRODUCED}
    match = in_state(match, before[state])
    assert Match.objects.move(match, to=state, by=cast.curator, actor=actors[state], at=NOW)
    due = limit_of(state, since=NOW)
    assert (match.state_since, match.due_at, match.alarm_at) == (NOW, due, next_alarm(due, after=NOW))


def test_the_second_is_told_who_was_first_and_when(match, cast):
    stale = Match.objects.get(pk=match.pk)
    dismiss(match=match, by=cast.curator, reason=EndingReason.DUPLICATE, at=NOW)
    told = r"^Curator was first: this match is “Dismissed” since Nov\. 2, 2026"
    with pytest.raises(MatchNotOpenError, match=told):
        shortlist(match=stale, by=cast.focal_point, at=LATER)
    assert Match.objects.get(pk=match.pk).state == S.DISMISSED


def test_of_two_curators_at_once_one_decides(match, cast):
    colleague = MembershipFactory(role=Role.CURATOR, organisation=cast.secretariat, user__name="Second curator").user
    seen = [Match.objects.get(pk=match.pk) for _ in range(2)]
    shortlist(match=seen[0], by=colleague, at=NOW)
    with pytest.raises(MatchNotOpenError, match=r"^Second curator was first: this match is “Shortlisted”"):
        shortlist(match=seen[1], by=cast.curator, at=NOW)
    assert MatchEvent.objects.filter(to_state=S.SHORTLISTED).count() == 1


@pytest.mark.parametrize("ending", [S.DISMISSED, S.DECLINED, S.WITHDRAWN])
def test_an_ending_has_one_of_its_reasons(match, cast, ending):
    verbs = {S.DISMISSED: dismiss, S.DECLINED: decline, S.WITHDRAWN: withdraw}
    arguments = {"side": Actor.DEMAND_SIDE} if ending is S.DECLINED else {}
    start = S.PROPOSED if ending is S.DISMISSED else S.INTRODUCED
    for reason in ["", "boring", *EndingReason]:
        fresh = in_state(match, start)
        person = cast.focal_point
        if reason in REASONS[ending]:
            verbs[ending](match=fresh, by=person, reason=reason, note="Words.", at=NOW, **arguments)
            assert Match.objects.get(pk=match.pk).reason_code == reason
        else:
            with pytest.raises(BadDecisionError) as wrong:
                verbs[ending](match=fresh, by=person, reason=reason, note="Words.", at=NOW, **arguments)
            assert wrong.value.field == "reason"
            assert Match.objects.get(pk=match.pk).state == start


@pytest.mark.parametrize(
    ("reason", "note"), [(EndingReason.DUPLICATE, "x" * (NOTE_MAX + 1)), (EndingReason.OTHER, " ")]
)
def test_an_oversized_note_and_another_reason_without_a_note_are_refused(match, cast, reason, note):
    with pytest.raises(BadDecisionError) as wrong:
        dismiss(match=match, by=cast.curator, reason=reason, note=note, at=NOW)
    assert wrong.value.field == "note"
    assert Match.objects.get(pk=match.pk).state == S.PROPOSED
