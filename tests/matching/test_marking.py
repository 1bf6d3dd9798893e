"""Pins, exclusions and matches added by hand: what curators want survives any re-ranking."""

import html
from datetime import timedelta

import pytest
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from matching.engine.types import Exclusion
from matching.enums import Act, Actor, Band, EndingReason, Mark, MatchState
from matching.models import Match, MatchEvent
from matching.services.curation import dismiss, reopen, shortlist
from matching.services.explaining import Labels, NotRankedError, explain_pair, in_words, objection
from matching.services.marking import add_match_by_hand, exclude, pin, unpin
from matching.services.moving import BadDecisionError, MatchNotOpenError, MoveRefusedError
from matching.services.ranking import rank_everything
from solutions.enums import EntryState
from solutions.models import Entry
from tests.factories import NOW, OfferFactory, SolutionFactory

LATER = NOW + timedelta(hours=1)
S = MatchState
PEOPLE = ("focal_point", "colleague", "observer", "publisher", "outsider", "unverified_member")
BAKERY = {"title": "Village bakery", "summary": "Bread is baked for schools.", "body": "Ovens."}


def rewrite(entry, **fields):
    Entry.objects.filter(pk=entry.pk).update(version=entry.version + 1, updated_at=LATER, **(fields or BAKERY))


def stands(match):
    return Match.objects.values_list("state", "mark").get(pk=match.pk)


@pytest.mark.parametrize("person", PEOPLE)
def test_only_curators_mark(match, catalogue, cast, person):
    stranger = getattr(cast, person)
    for verb, more in ((pin, {}), (unpin, {}), (exclude, {"reason": EndingReason.DUPLICATE})):
        with pytest.raises(MoveRefusedError):
            verb(match=match, by=stranger, at=NOW, **more)
    with pytest.raises(MoveRefusedError):
        add_match_by_hand(demand=catalogue.demand, supply=catalogue.taxes, by=stranger, at=NOW)
    assert stands(match) == (S.PROPOSED, "")
    assert Match.objects.count() == 2


def test_a_pinned_match_stays_when_its_supply_says_something_else(match, catalogue, cast):
    pin(match=match, by=cast.curator, note="The minister asked for it.", at=NOW)
    rewrite(catalogue.pumps)
    rank_everything(at=LATER)
    assert stands(match) == (S.PROPOSED, Mark.PINNED)
    assert Match.objects.get(pk=match.pk).score < match.score
    unpin(match=Match.objects.get(pk=match.pk), by=cast.curator, at=LATER)
    rank_everything(at=LATER)
    assert stands(match) == (S.GONE, "")
    acts = MatchEvent.objects.filter(match=match).order_by("pk").values_list("act", "to_state", "note")
    assert list(acts)[1:3] == [
        (Act.PINNED, S.PROPOSED, "The minister asked for it."),
        (Act.UNPINNED, S.PROPOSED, ""),
    ]


def test_a_pin_takes_no_place_in_the_list(match, catalogue, cast, settings):
    pin(match=match, by=cast.curator, at=NOW)
    settings.MATCHES_PER_DEMAND = 1
    rank_everything(at=LATER)
    assert set(Match.objects.proposed().values_list("supply_id", flat=True)) == {
        catalogue.pumps.pk,
        catalogue.training.pk,
    }


@pytest.mark.parametrize("side", ["demand", "pumps"])
def test_a_pin_keeps_nothing_proposed_that_is_not_published(match, catalogue, cast, side):
    pin(match=match, by=cast.curator, at=NOW)
    rewrite(getattr(catalogue, side), state=EntryState.ARCHIVED)
    rank_everything(at=LATER)
    assert stands(match) == (S.GONE, Mark.PINNED)
    rewrite(getattr(catalogue, side), state=EntryState.PUBLISHED, published_at=LATER)
    rank_everything(at=LATER + timedelta(hours=1))
    assert stands(match) == (S.PROPOSED, Mark.PINNED)


def test_a_pin_brings_back_what_was_no_longer_proposed(match, cast):
    Match.objects.filter(pk=match.pk).update(state=S.GONE)
    match.refresh_from_db()
    pin(match=match, by=cast.curator, at=NOW)
    assert stands(match) == (S.PROPOSED, Mark.PINNED)


@pytest.mark.parametrize("state", MatchState)
def test_what_can_be_pinned_and_excluded(match, cast, state):
    for verb, more, allowed in (
        (pin, {}, {S.PROPOSED, S.SHORTLISTED, S.GONE}),
        (exclude, {"reason": EndingReason.DUPLICATE}, {S.PROPOSED, S.SHORTLISTED, S.GONE, S.DISMISSED}),
    ):
        Match.objects.filter(pk=match.pk).update(state=state, mark="")
        fresh = Match.objects.get(pk=match.pk)
        if state in allowed:
            verb(match=fresh, by=cast.curator, at=NOW, **more)
            assert fresh.mark
        else:
            with pytest.raises(MatchNotOpenError):
                verb(match=fresh, by=cast.curator, at=NOW, **more)
            assert stands(match) == (state, "")


def test_an_excluded_pair_cannot_come_back_before_the_exclusion_is_taken_off(match, catalogue, cast):
    exclude(match=match, by=cast.curator, reason=EndingReason.WRONG_COUNTRY, note="Treaty.", at=NOW)
    assert stands(match) == (S.DISMISSED, Mark.EXCLUDED)
    with pytest.raises(BadDecisionError, match="exclusion"):
        reopen(match=match, by=cast.curator, at=NOW)
    with pytest.raises(MatchNotOpenError):
        add_match_by_hand(demand=catalogue.demand, supply=catalogue.pumps, by=cast.curator, at=NOW)
    rank_everything(at=LATER)
    assert stands(match) == (S.DISMISSED, Mark.EXCLUDED)
    match.refresh_from_db()
    unpin(match=match, by=cast.curator, at=LATER)
    reopen(match=match, by=cast.curator, at=LATER)
    assert stands(match) == (S.PROPOSED, "")


def test_a_dismissal_becomes_an_exclusion_with_its_reason_and_only_once(match, cast):
    dismiss(match=match, by=cast.curator, reason=EndingReason.WRONG_TIME, at=NOW)
    exclude(match=match, by=cast.curator, reason=EndingReason.DUPLICATE, at=LATER)
    assert (match.mark, match.reason_code) == (Mark.EXCLUDED, EndingReason.DUPLICATE)
    with pytest.raises(MatchNotOpenError, match="Curator was first"):
        exclude(match=match, by=cast.curator, reason=EndingReason.DUPLICATE, at=LATER)
    with pytest.raises(BadDecisionError):
        unpin(match=match, by=cast.curator, note="x" * 2001, at=LATER)


def test_a_dismissal_takes_the_pin_off(match, cast):
    pin(match=match, by=cast.curator, at=NOW)
    dismiss(match=match, by=cast.curator, reason=EndingReason.WRONG_TOPIC, at=NOW)
    assert stands(match) == (S.DISMISSED, "")


def test_a_pair_added_by_hand_holds_the_engine_s_opinion_and_stays(catalogue, cast):
    rank_everything(at=NOW)
    match = add_match_by_hand(demand=catalogue.demand, supply=catalogue.taxes, by=cast.curator, note="Try.", at=NOW)
    opinion = explain_pair(demand=catalogue.demand, supply=catalogue.taxes, at=NOW)
    assert (match.score, match.band, match.explanation) == (opinion.score, opinion.band, opinion.to_dict())
    assert (match.state, match.mark, match.run, match.decided_by) == (S.PROPOSED, Mark.PINNED, None, cast.curator)
    event = match.events.get()
    assert (event.act, event.actor, event.by, event.note) == (Act.ADDED, Actor.CURATOR, cast.curator, "Try.")
    rank_everything(at=LATER)
    assert stands(match) == (S.PROPOSED, Mark.PINNED)
    shortlist(match=match, by=cast.focal_point, at=LATER)
    assert stands(match) == (S.SHORTLISTED, Mark.PINNED)


def test_a_pair_that_the_engine_excludes_says_why(catalogue, cast):
    near = SolutionFactory(organisation=cast.other)  # from the country that asks
    match = add_match_by_hand(demand=catalogue.demand, supply=near, by=cast.curator, at=NOW)
    opinion = explain_pair(demand=catalogue.demand, supply=near, at=NOW)
    assert isinstance(opinion, Exclusion)
    assert (match.score, match.band, match.explanation["excluded"]) == (0, Band.WEAK, opinion.code)
    assert in_words(match.explanation, Labels()).lines == ()
    rank_everything(at=LATER)
    assert stands(match) == (S.PROPOSED, Mark.PINNED)


def test_a_pair_out_of_time_says_in_the_reader_s_language_until_when_it_was(catalogue, cast, client):
    over = OfferFactory(organisation=cast.agency, end_date=NOW.date() - timedelta(days=9))
    match = add_match_by_hand(demand=catalogue.demand, supply=over, by=cast.curator, at=NOW)
    with translation.override("fr"):
        because = objection(match.explanation, Labels())
        said = gettext("available until %(names)s") % {"names": date_format(over.end_date)}
    assert f"({said})" in because
    client.force_login(cast.focal_point)
    page = client.get(f"/matches/{match.public_id}/", headers={"accept-language": "fr"}).content.decode()
    assert because in html.unescape(page)


def test_adding_what_is_there_pins_it_and_adding_what_was_decided_is_refused(match, catalogue, cast):
    pair = {"demand": catalogue.demand, "supply": catalogue.pumps, "by": cast.curator, "at": LATER}
    assert add_match_by_hand(**pair) == match
    assert stands(match) == (S.PROPOSED, Mark.PINNED)
    with pytest.raises(MatchNotOpenError, match="Curator was first"):
        add_match_by_hand(**pair)


@pytest.mark.parametrize("case", ["own", "draft", "demand", "swapped", "note"])
def test_what_makes_no_pair_is_refused(catalogue, cast, case):
    pair = {"demand": catalogue.demand, "supply": catalogue.taxes, "note": ""}
    if case == "own":
        pair["supply"] = SolutionFactory(organisation=cast.ministry)
    elif case == "draft":
        pair["supply"] = SolutionFactory(organisation=cast.agency, state=EntryState.DRAFT)
    elif case == "demand":
        pair["supply"] = catalogue.demand
    elif case == "swapped":
        pair = {"demand": catalogue.pumps, "supply": catalogue.demand, "note": ""}
    else:
        pair["note"] = "x" * 2001
    with pytest.raises((BadDecisionError, NotRankedError)):
        add_match_by_hand(**pair, by=cast.curator, at=NOW)
    assert not Match.objects.exists()
