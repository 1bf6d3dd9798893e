"""Ranking writes the difference only, keeps what people decided, and may be repeated or lost at any point."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from matching.engine.ranker import Ranker
from matching.enums import EndingReason, MatchState, RunScope, RunState
from matching.models import Match, MatchEvent, RankingRun
from matching.services import runs
from matching.services.curation import dismiss, shortlist
from matching.services.ranking import rank_demand, rank_due, rank_entry, rank_everything, rank_supply
from matching.services.runs import RankingFailedError
from solutions.enums import EntryState
from solutions.models import Entry
from tests.factories import NOW, DemandFactory
from tests.matching.conftest import GARDENS, french_pumps

LATER = NOW + timedelta(hours=1)


def states(demand):
    return dict(Match.objects.filter(demand=demand).order_by("rank").values_list("supply_id", "state"))


def change(entry, **fields):
    Entry.objects.filter(pk=entry.pk).update(version=entry.version + 1, updated_at=LATER, **fields)


def test_a_demand_gets_what_answers_it_and_nothing_else(catalogue):
    run = rank_demand(demand_id=catalogue.demand.pk, at=NOW)
    assert set(states(catalogue.demand)) == {catalogue.pumps.pk, catalogue.training.pk}
    assert (run.scope, run.state, run.demand_count, run.supply_count) == (RunScope.DEMAND, RunState.FINISHED, 1, 3)
    assert (run.new_count, run.moved_count, run.gone_count) == (2, 0, 0)
    assert run.finished_at >= run.started_at == NOW
    for match in Match.objects.all():
        assert match.score == pytest.approx(sum(r["weight"] * r["value"] for r in match.explanation["reasons"]))
        assert match.explanation["supply_id"] == match.supply.public_id


def test_a_second_run_changes_nothing(catalogue):
    rank_everything(at=NOW)
    before = list(Match.objects.order_by("pk").values())
    run = rank_everything(at=LATER)
    assert (run.new_count, run.moved_count, run.gone_count) == (0, 0, 0)
    assert list(Match.objects.order_by("pk").values()) == before
    assert MatchEvent.objects.count() == len(before)


def test_the_first_proposal_is_on_record(catalogue):
    rank_everything(at=NOW)
    assert set(MatchEvent.objects.values_list("from_state", "to_state", "by", "at")) == {("", "proposed", None, NOW)}


def test_what_falls_out_is_withdrawn_and_comes_back(catalogue):
    rank_everything(at=NOW)
    change(catalogue.pumps, state=EntryState.ARCHIVED)
    run = rank_supply(supply_id=catalogue.pumps.pk, at=LATER)
    assert (run.scope, run.gone_count) == (RunScope.SUPPLY, 1)
    assert states(catalogue.demand)[catalogue.pumps.pk] == MatchState.GONE
    Entry.objects.filter(pk=catalogue.pumps.pk).update(state=EntryState.PUBLISHED, version=3)
    run = rank_supply(supply_id=catalogue.pumps.pk, at=LATER)
    assert states(catalogue.demand)[catalogue.pumps.pk] == MatchState.PROPOSED
    events = MatchEvent.objects.filter(match__supply_id=catalogue.pumps.pk).order_by("pk")
    assert [event.to_state for event in events] == ["proposed", "gone", "proposed"]


def test_a_closed_offer_is_withdrawn_with_the_reason(catalogue):
    rank_everything(at=NOW)
    catalogue.training.closing_date = NOW.date()
    catalogue.training.save()
    rank_everything(at=NOW + timedelta(days=1))
    assert MatchEvent.objects.get(to_state="gone").note == "closed"


@pytest.mark.parametrize("fields", [{"state": EntryState.ARCHIVED}, {"state": EntryState.RETURNED}])
def test_a_demand_that_is_not_live_keeps_no_open_match(catalogue, fields):
    rank_everything(at=NOW)
    change(catalogue.demand, **fields)
    rank_everything(at=LATER)
    assert set(states(catalogue.demand).values()) == {MatchState.GONE}


def test_an_expired_demand_keeps_no_proposal(catalogue):
    rank_everything(at=NOW)
    catalogue.demand.expiry_date = NOW.date()
    catalogue.demand.save()
    rank_everything(at=NOW + timedelta(days=1))
    assert set(states(catalogue.demand).values()) == {MatchState.GONE}


def test_decided_matches_keep_their_state_and_get_a_fresh_score(catalogue, cast):
    rank_everything(at=NOW)
    pumps = Match.objects.get(supply=catalogue.pumps)
    training = Match.objects.get(supply=catalogue.training)
    shortlist(match=pumps, by=cast.curator, at=NOW)
    dismiss(match=training, by=cast.curator, reason=EndingReason.NO_CAPACITY, at=NOW)
    for supply in (catalogue.pumps, catalogue.training):
        change(supply, title="Village bakery", summary="Bread is baked for schools.", body="Solar pumps.")
    rank_everything(at=LATER)
    assert states(catalogue.demand) == {
        catalogue.pumps.pk: MatchState.SHORTLISTED,
        catalogue.training.pk: MatchState.DISMISSED,
    }
    for before in (pumps, training):
        after = Match.objects.get(pk=before.pk)
        assert after.score < before.score
        assert after.score == pytest.approx(sum(r["weight"] * r["value"] for r in after.explanation["reasons"]))
        assert (after.version, after.decided_by, after.changed_at) == (2, cast.curator, NOW)


def test_a_dismissed_match_takes_no_place_in_the_list(catalogue, cast, settings):
    settings.MATCHES_PER_DEMAND = 1
    rank_everything(at=NOW)
    (first,) = states(catalogue.demand)
    dismiss(match=Match.objects.get(), by=cast.curator, reason=EndingReason.WRONG_TOPIC, at=NOW)
    rank_everything(at=LATER)
    assert states(catalogue.demand) == {
        first: MatchState.DISMISSED,
        ({catalogue.pumps.pk, catalogue.training.pk} - {first}).pop(): MatchState.PROPOSED,
    }


@pytest.fixture
def second(catalogue, cast):
    """One more demand, that is ranked after the first."""
    return DemandFactory(organisation=cast.ministry, **GARDENS)


def when_ranking(monkeypatch, demand, do):
    """Do something whenever the engine is asked about a demand."""
    ranked = Ranker.ranked

    def asked(self, profile, *args, **options):
        if profile.id == demand.public_id:
            do()
        return ranked(self, profile, *args, **options)

    monkeypatch.setattr(Ranker, "ranked", asked)


def test_a_run_that_is_lost_half_way_is_finished_by_the_next(catalogue, second, monkeypatch):
    Entry.objects.update(ranking_due_at=NOW)
    monkeypatch.setattr(runs, "BATCH", 1)

    def lost():
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        when_ranking(during, second, lost)
        with pytest.raises(KeyboardInterrupt):
            rank_everything(at=NOW)
    run = RankingRun.objects.get()
    assert (run.state, run.error, run.new_count) == (RunState.FAILED, "KeyboardInterrupt: ", 2)
    assert Match.objects.count() == 2
    assert Entry.objects.filter(ranking_due_at=NOW).count() == 4  # the demand that was ranked waits no more
    assert rank_due(at=LATER).new_count == 2
    assert Match.objects.count() == 4
    assert not Entry.objects.filter(ranking_due_at__isnull=False).exists()


def test_a_demand_that_cannot_be_ranked_stays_due_and_the_others_are_ranked(catalogue, second, monkeypatch):
    Entry.objects.update(ranking_due_at=NOW)

    def broken():
        raise ZeroDivisionError("bad numbers")

    when_ranking(monkeypatch, catalogue.demand, broken)
    with pytest.raises(RankingFailedError, match=f"demand {catalogue.demand.pk}: ZeroDivisionError: bad numbers"):
        rank_due(at=NOW)
    run = RankingRun.objects.get()
    assert (run.scope, run.state) == (RunScope.DUE, RunState.FAILED)
    assert run.error.endswith("bad numbers")
    assert set(Match.objects.values_list("demand_id", flat=True)) == {second.pk}
    assert Entry.objects.get(ranking_due_at__isnull=False).pk == catalogue.demand.pk


def test_without_the_database_a_run_stops_at_once(catalogue, second, monkeypatch):
    asked = []

    def gone(*, demand_ids, **_options):
        asked.append(list(demand_ids))
        raise OperationalError("connection lost")

    monkeypatch.setattr(runs, "propose", gone)
    monkeypatch.setattr(runs, "BATCH", 1)
    with pytest.raises(OperationalError):
        rank_everything(at=NOW)
    assert asked == [[catalogue.demand.pk]]
    assert RankingRun.objects.get().state == RunState.FAILED


def test_a_change_during_the_run_is_taken_in(catalogue, cast, monkeypatch):
    """A supply is published after the ranker was fitted and before the run ends."""

    def publish():
        if not Entry.objects.filter(title="Late").exists():
            french_pumps(organisation=cast.agency, title="Late")

    when_ranking(monkeypatch, catalogue.demand, publish)
    run = rank_demand(demand_id=catalogue.demand.pk, at=NOW)
    assert Match.objects.filter(supply__title="Late").exists()
    assert run.new_count == 3


def test_an_entry_that_changes_during_the_run_stays_due(catalogue, monkeypatch):
    Entry.objects.filter(pk=catalogue.demand.pk).update(ranking_due_at=NOW)
    when_ranking(
        monkeypatch,
        catalogue.demand,
        lambda: Entry.objects.filter(pk=catalogue.demand.pk).update(ranking_due_at=LATER),
    )
    rank_entry(entry_id=catalogue.demand.pk, at=NOW)
    assert Entry.objects.get(pk=catalogue.demand.pk).ranking_due_at == LATER


def test_only_what_is_due_is_ranked(catalogue):
    assert rank_entry(entry_id=catalogue.demand.pk, at=NOW) is None
    assert rank_due(at=NOW) is None
    Entry.objects.filter(pk=catalogue.training.pk).update(ranking_due_at=NOW)
    assert rank_entry(entry_id=catalogue.training.pk, at=NOW).scope == RunScope.SUPPLY
    assert rank_entry(entry_id=catalogue.training.pk, at=NOW) is None


def test_the_sweep_closes_runs_whose_worker_is_gone(db, settings):
    lost = RankingRun.objects.create(scope=RunScope.EVERYTHING, engine_version="x", started_at=NOW)
    rank_due(at=NOW + timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT))
    lost.refresh_from_db()
    assert lost.state == RunState.RUNNING
    rank_due(at=NOW + timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 1))
    lost.refresh_from_db()
    assert lost.state == RunState.FAILED
