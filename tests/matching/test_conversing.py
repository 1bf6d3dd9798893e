"""Questions, answers and introductions: who may write, who hears, who sees whom."""

from datetime import timedelta

import pytest

from matching.enums import Actor, EndingReason, MatchState, MessageKind
from matching.models import Match, MatchMessage
from matching.services.answering import accept, agree, decline, withdraw
from matching.services.conversing import post_message
from matching.services.curation import introduce, shortlist
from matching.services.moving import NOTE_MAX, BadDecisionError, MatchNotOpenError, MoveRefusedError
from matching.services.ranking import rank_everything
from notifications.models import Notice
from solutions.enums import Visibility
from solutions.models import Entry
from tests.factories import NOW

LATER = NOW + timedelta(hours=1)
ASK = {"kind": MessageKind.QUESTION, "text": "How many places are there?"}
PEOPLE = ("focal_point", "colleague", "observer", "publisher", "outsider", "unverified_member", "curator")


@pytest.fixture
def match(catalogue, cast):
    rank_everything(at=NOW)
    match = Match.objects.get(supply=catalogue.pumps)
    shortlist(match=match, by=cast.focal_point, at=NOW)
    Notice.objects.all().delete()
    return match


@pytest.fixture
def introduced(match, cast):
    introduce(match=match, by=cast.curator, at=NOW)
    Notice.objects.all().delete()
    return match


def told():
    found = set(Notice.objects.values_list("kind", "recipient__name"))
    Notice.objects.all().delete()
    return found


@pytest.mark.parametrize("person", PEOPLE)
def test_nobody_writes_before_the_introduction_and_the_two_sides_and_curators_after_it(match, cast, person):
    author = getattr(cast, person)
    with pytest.raises(MoveRefusedError):
        post_message(match=match, by=author, at=NOW, **ASK)
    introduce(match=match, by=cast.curator, at=NOW)
    if person in {"focal_point", "colleague", "publisher", "curator"}:
        message = post_message(match=match, by=author, at=NOW, **ASK)
        assert (message.author, message.text) == (author, ASK["text"])
    else:
        with pytest.raises(MoveRefusedError):
            post_message(match=match, by=author, at=NOW, **ASK)
    assert MatchMessage.objects.count() == (person in {"focal_point", "colleague", "publisher", "curator"})


def test_the_other_side_hears_of_a_message_and_both_of_a_curator_s(introduced, cast):
    cast.colleague.name = "Colleague"
    cast.colleague.save()
    post_message(match=introduced, by=cast.publisher, at=NOW, **ASK)
    assert told() == {("matching.message", "Focal point"), ("matching.message", "Colleague")}
    post_message(match=introduced, by=cast.focal_point, kind=MessageKind.ANSWER, text="Twelve.", at=NOW)
    assert told() == {("matching.message", "Publisher")}
    post_message(match=introduced, by=cast.curator, at=NOW, **ASK)
    assert told() == {("matching.message", name) for name in ("Focal point", "Colleague", "Publisher")}
    actors = MatchMessage.objects.order_by("pk").values_list("actor", flat=True)
    assert list(actors) == [Actor.SUPPLY_SIDE, Actor.DEMAND_SIDE, Actor.CURATOR]


@pytest.mark.parametrize(
    ("said", "field"),
    [({"text": " \n"}, "text"), ({"text": "x" * (NOTE_MAX + 1)}, "text"), ({"kind": "shout"}, "kind")],
)
def test_empty_oversized_and_odd_messages_are_refused(introduced, cast, said, field):
    with pytest.raises(BadDecisionError) as wrong:
        post_message(match=introduced, by=cast.publisher, at=NOW, **{**ASK, **said})
    assert wrong.value.field == field
    assert not MatchMessage.objects.exists()


@pytest.mark.parametrize("state", MatchState)
def test_the_conversation_ends_with_the_match_but_not_with_an_agreement(introduced, cast, state):
    stale = Match.objects.get(pk=introduced.pk)
    Match.objects.filter(pk=introduced.pk).update(state=state)
    if state in {MatchState.INTRODUCED, MatchState.INTERESTED, MatchState.AGREED}:
        assert post_message(match=stale, by=cast.publisher, at=LATER, **ASK).pk
    else:
        with pytest.raises(MatchNotOpenError):
            post_message(match=stale, by=cast.publisher, at=LATER, **ASK)


def test_both_sides_hear_of_the_introduction_and_each_of_the_other_s_answer(match, cast):
    introduce(match=match, by=cast.curator, at=NOW)
    assert {name for kind, name in told() if kind == "matching.introduced"} >= {"Focal point", "Publisher"}
    accept(match=match, side=Actor.DEMAND_SIDE, by=cast.focal_point, at=NOW)
    assert told() == {("matching.answered", "Publisher")}
    accept(match=match, side=Actor.SUPPLY_SIDE, by=cast.publisher, at=NOW)
    assert {name for _kind, name in told()} == {"Focal point"}
    agree(match=match, by=cast.focal_point, at=NOW)
    assert {name for _kind, name in told()} == {"Focal point", "Publisher", "Curator"}


def test_nobody_is_told_what_they_did_and_a_withdrawal_before_the_introduction_reaches_no_provider(match, cast):
    withdraw(match=match, by=cast.focal_point, reason=EndingReason.NOT_NEEDED, at=NOW)
    assert told() == {("matching.answered", "Curator")}


def test_a_decline_reaches_the_other_side_and_curators(introduced, cast):
    decline(match=introduced, side=Actor.SUPPLY_SIDE, by=cast.publisher, reason=EndingReason.NO_CAPACITY, at=NOW)
    assert {name for _kind, name in told()} == {"Focal point", "Curator"}


def test_a_country_s_choice_goes_to_curators(catalogue, cast):
    rank_everything(at=NOW)
    Notice.objects.all().delete()
    shortlist(match=Match.objects.get(supply=catalogue.pumps), by=cast.focal_point, at=NOW)
    assert told() == {("matching.chosen", "Curator")}


def test_a_private_demand_is_introduced_only_to_whom_its_country_chose(catalogue, cast):
    Entry.objects.filter(pk=catalogue.demand.pk).update(visibility=Visibility.PRIVATE)
    rank_everything(at=NOW)
    for supply, person, allowed in ((catalogue.pumps, "curator", False), (catalogue.training, "focal_point", True)):
        match = Match.objects.get(supply=supply)
        shortlist(match=match, by=getattr(cast, person), at=NOW)
        if allowed:
            introduce(match=match, by=cast.curator, at=NOW)
        else:
            with pytest.raises(BadDecisionError, match="private"):
                introduce(match=match, by=cast.curator, at=NOW)
        shown = Match.objects.visible_to(cast.publisher).filter(pk=match.pk).exists()
        assert shown is allowed


def test_nobody_is_introduced_to_an_unverified_organisation(match, cast):
    Entry.objects.filter(pk=match.supply_id).update(organisation=cast.unverified)
    match = Match.objects.get(pk=match.pk)
    with pytest.raises(BadDecisionError, match="verified"):
        introduce(match=match, by=cast.curator, at=NOW)
    match = Match.objects.get(pk=match.pk)
    assert (match.state, match.introduced_at) == (MatchState.SHORTLISTED, None)
    assert told() == set()


def test_after_the_end_both_sides_still_read_an_introduced_match(introduced, cast):
    decline(match=introduced, side=Actor.DEMAND_SIDE, by=cast.focal_point, reason=EndingReason.NO_FUNDING, at=NOW)
    for person in ("focal_point", "observer", "publisher", "curator"):
        assert Match.objects.visible_to(getattr(cast, person)).filter(pk=introduced.pk).exists()
    for person in ("outsider", "unverified_member", "visitor"):
        assert not Match.objects.visible_to(getattr(cast, person)).filter(pk=introduced.pk).exists()
