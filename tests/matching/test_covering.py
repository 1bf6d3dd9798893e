"""Need lines: which match answers which, who agreed, and the fewest providers for the rest."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.enums import EndingReason, MatchState
from matching.models import Match, MatchEvent
from matching.rules import covering
from matching.rules.covering import smallest_cover
from matching.services.covering import coverage_of, set_needs
from matching.services.curation import dismiss
from matching.services.moving import NOTE_MAX, BadDecisionError, MatchNotOpenError, MoveRefusedError
from matching.services.ranking import rank_everything
from solutions.models import NeedLine
from taxonomy.models import Modality
from tests.factories import NOW, DemandFactory, OrganisationFactory
from tests.matching.conftest import french_pumps

LINES = st.frozensets(st.integers(0, 7), max_size=8)
OFFERS = st.dictionaries(st.integers(0, 9), LINES, max_size=9)


def fewest(needed, offers):
    """Try every set of providers, the smallest first."""
    reachable = needed & frozenset().union(*offers.values())
    for size in range(len(offers) + 1):
        for chosen in combinations(offers, size):
            if reachable <= frozenset().union(*(offers[who] for who in chosen)):
                return size
    raise AssertionError


@given(LINES, OFFERS)
def test_the_cover_is_whole_and_the_smallest(needed, offers):
    chosen, uncovered = smallest_cover(needed, offers)
    assert needed - frozenset().union(*(offers[who] for who in chosen)) == uncovered
    assert uncovered == needed - frozenset().union(*offers.values())
    assert len(chosen) == len(set(chosen)) == fewest(needed, offers)


def test_the_smallest_set_beats_the_greedy_one_and_the_first_of_equals_is_taken():
    offers = {
        "a": frozenset({1, 2, 3, 4}),
        "b": frozenset({1, 2, 5}),
        "c": frozenset({3, 4, 6}),
        "d": frozenset({3, 4, 6}),
    }
    assert smallest_cover(frozenset({1, 2, 3, 4, 5, 6}), offers) == (["b", "c"], frozenset())


def test_beyond_the_bound_the_greedy_answer_is_whole_too(monkeypatch):
    monkeypatch.setattr(covering, "EXACT_UP_TO", 0)
    offers = {"a": frozenset({1, 2, 3, 4}), "b": frozenset({1, 2, 5}), "c": frozenset({3, 4, 6})}
    assert smallest_cover(frozenset({1, 2, 3, 4, 5, 6, 7}), offers) == (["a", "b", "c"], frozenset({7}))


@pytest.fixture
def needy(catalogue, cast):
    """The demand with three need lines, two of a form of cooperation, and the matches of two providers."""
    training, experts = (Modality.objects.get_or_create(code=code)[0] for code in ("training", "expert_mission"))
    make = NeedLine.objects.create
    catalogue.train = make(demand=catalogue.demand, position=0, title="Train technicians", modality=training)
    catalogue.repair = make(demand=catalogue.demand, position=1, title="Send experts", modality=experts)
    catalogue.paint = make(demand=catalogue.demand, position=2, title="Paint the pumps")
    catalogue.other = french_pumps(organisation=OrganisationFactory(name="Other Agency", country=cast.agency.country))
    catalogue.training.modalities.add(training)
    catalogue.other.modalities.add(training, experts)
    rank_everything(at=NOW)
    return catalogue


def match_of(supply):
    return Match.objects.get(supply=supply)


def titles(coverage):
    return [
        (line.need.title, *([m.supply_id for m in found] for found in (line.agreed, line.talking, line.able)))
        for line in coverage.lines
    ]


def test_what_a_supply_offers_covers_lines_until_somebody_chooses(needy, cast):
    coverage = coverage_of(needy.demand, user=cast.focal_point)
    able = {line.need.title: {m.supply_id for m in line.able} for line in coverage.lines}
    assert able == {
        "Train technicians": {needy.training.pk, needy.other.pk},
        "Send experts": {needy.other.pk},
        "Paint the pumps": set(),
    }
    assert [provider.name for provider in coverage.providers] == ["Other Agency"]
    assert coverage.uncovered == [needy.paint]
    set_needs(match=match_of(needy.pumps), by=cast.focal_point, needs=[needy.paint.pk], at=NOW)
    set_needs(match=match_of(needy.other), by=cast.curator, needs=[needy.repair.pk], at=NOW)
    coverage = coverage_of(needy.demand, user=cast.focal_point)
    assert titles(coverage) == [
        ("Train technicians", [], [], [needy.training.pk]),
        ("Send experts", [], [], [needy.other.pk]),
        ("Paint the pumps", [], [], [needy.pumps.pk]),
    ]
    assert {provider.name for provider in coverage.providers} == {"Other Agency", "Cooperation Agency"}
    assert coverage.uncovered == []


def test_agreed_lines_are_covered_and_talks_are_shown(needy, cast):
    Match.objects.filter(supply=needy.other).update(state=MatchState.AGREED, introduced_at=NOW)
    Match.objects.filter(supply=needy.training).update(state=MatchState.INTERESTED, introduced_at=NOW)
    coverage = coverage_of(needy.demand, user=cast.focal_point)
    assert titles(coverage) == [
        ("Train technicians", [needy.other.pk], [needy.training.pk], []),
        ("Send experts", [needy.other.pk], [], []),
        ("Paint the pumps", [], [], []),
    ]
    assert (coverage.providers, coverage.uncovered) == ([], [needy.paint])


def test_what_was_dismissed_covers_nothing(needy, cast):
    dismiss(match=match_of(needy.other), by=cast.curator, reason=EndingReason.WRONG_TOPIC, at=NOW)
    assert coverage_of(needy.demand, user=cast.focal_point).uncovered == [needy.repair, needy.paint]


@pytest.mark.parametrize("matches", [1, 3])
def test_coverage_costs_the_same_for_any_number(needy, cast, matches, django_assert_num_queries):
    Match.objects.exclude(pk__in=list(Match.objects.order_by("pk").values_list("pk", flat=True)[:matches])).delete()
    assert cast.curator.is_curator
    with django_assert_num_queries(4):  # lines, matches, their lines, their forms of cooperation
        assert len(coverage_of(needy.demand, user=cast.curator).lines) == 3


@pytest.mark.parametrize("person", ["observer", "publisher", "outsider", "unverified_member"])
def test_only_the_country_and_curators_choose_lines(needy, cast, person):
    with pytest.raises(MoveRefusedError):
        set_needs(match=match_of(needy.pumps), by=getattr(cast, person), needs=[needy.paint.pk], at=NOW)
    assert not match_of(needy.pumps).needs.exists()


def test_a_choice_replaces_the_last_one_and_is_on_record(needy, cast):
    match = match_of(needy.pumps)
    set_needs(match=match, by=cast.focal_point, needs=[needy.paint.pk, needy.train.pk], at=NOW)
    set_needs(match=match, by=cast.focal_point, needs=[needy.repair.pk], at=NOW)
    assert list(match.needs.all()) == [needy.repair]
    assert list(MatchEvent.objects.filter(act="needs_set").order_by("pk").values_list("note", flat=True)) == [
        "Train technicians; Paint the pumps",
        "Send experts",
    ]


def test_of_many_lines_the_record_says_that_it_names_only_some(needy, cast):
    many = [NeedLine.objects.create(demand=needy.demand, title=f"{place} " + "x" * 190) for place in range(12)]
    match = match_of(needy.pumps)
    set_needs(match=match, by=cast.focal_point, needs=[line.pk for line in many], at=NOW)
    assert match.needs.count() == 12
    note = MatchEvent.objects.get(act="needs_set").note
    assert (len(note), note[-1]) == (NOTE_MAX, "…")


def test_foreign_lines_stale_forms_and_ended_matches_are_refused(needy, cast):
    foreign = NeedLine.objects.create(demand=DemandFactory(organisation=cast.ministry), title="Foreign")
    match, stale = match_of(needy.pumps), match_of(needy.pumps)
    with pytest.raises(BadDecisionError):
        set_needs(match=match, by=cast.focal_point, needs=[needy.paint.pk, foreign.pk], at=NOW)
    set_needs(match=match, by=cast.focal_point, needs=[needy.paint.pk], at=NOW)
    with pytest.raises(MatchNotOpenError):
        set_needs(match=stale, by=cast.curator, needs=[needy.train.pk], at=NOW)
    dismiss(match=match, by=cast.curator, reason=EndingReason.WRONG_TOPIC, at=NOW)
    with pytest.raises(MatchNotOpenError):
        set_needs(match=match, by=cast.curator, needs=[needy.train.pk], at=NOW)
    assert list(match.needs.all()) == [needy.paint]
