"""Runs in chunks: taken once, lost and found, cancelled, one at a time; and small changes that equal a full run."""

import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from matching import corpus
from matching.corpus import current as corpus_module
from matching.engine.generations import Generation
from matching.enums import Change, ChangeReason, ChunkState, RunScope, RunState
from matching.models import Match, MatchEvent, RankedDemand, RankingRun, RunChunk
from matching.services import proposing, runs
from matching.services.ranking import begin_everything, rank_due, rank_entry, rank_everything
from notifications.models import Notice
from solutions.enums import EntryState
from solutions.models import Entry
from tests.factories import NOW, DemandFactory, OfferFactory, SolutionFactory
from tests.matching.conftest import GARDENS, PUMPS, TAXES, TRAINING, french_pumps

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def chunked(catalogue, cast, monkeypatch):
    """Three demands, a chunk each."""
    monkeypatch.setattr(runs, "CHUNK", 1)
    for _ in range(2):
        DemandFactory(organisation=cast.ministry, **GARDENS)
    return catalogue


def rows():
    return list(Match.objects.order_by("demand_id", "supply_id").values_list("demand_id", "supply_id", "state", "rank"))


def test_chunks_are_ranked_by_whoever_takes_them_and_the_last_one_finishes_the_run(chunked):
    run = begin_everything(at=NOW)
    assert [len(ids) for ids in run.chunks.order_by("number").values_list("demand_ids", flat=True)] == [1, 1, 1]
    for number in (2, 0):
        runs.rank_chunk(run_id=run.pk, number=number, at=NOW)
    run.refresh_from_db()
    assert (run.state, Match.objects.count()) == (RunState.RUNNING, 4)
    runs.rank_chunk(run_id=run.pk, number=1, at=NOW)
    run.refresh_from_db()
    assert (run.state, run.new_count, run.demand_count, run.supply_count) == (RunState.FINISHED, 6, 3, 3)
    assert run.reasons == {"new": {"new_demand": 6}, "moved": {}, "gone": {}}
    assert run.generation == corpus.fitted(at=NOW).name
    assert sum(run.weights.values()) == pytest.approx(1)


def test_a_chunk_that_is_done_twice_changes_nothing(chunked):
    run = begin_everything(at=NOW)
    runs.rank_chunk(run_id=run.pk, number=0, at=NOW)
    before, events = rows(), MatchEvent.objects.count()
    runs.rank_chunk(run_id=run.pk, number=0, at=NOW)
    assert RunChunk.objects.get(run=run, number=0).takes == 1
    RunChunk.objects.filter(run=run, number=0).update(state=ChunkState.WAITING)
    runs.rank_chunk(run_id=run.pk, number=0, at=NOW)
    assert (rows(), MatchEvent.objects.count()) == (before, events)
    assert len(RunChunk.objects.get(run=run, number=0).changes) == 2  # those of the first time


def test_a_chunk_that_is_held_is_not_taken_and_a_lost_one_is_found_by_the_sweep(chunked):
    run = begin_everything(at=NOW)
    RunChunk.objects.filter(run=run, number=1).update(state=ChunkState.TAKEN, takes=1, leased_until=NOW + runs.LEASE)
    for number in range(3):
        runs.rank_chunk(run_id=run.pk, number=number, at=NOW)
    rank_due(at=NOW + runs.LEASE)
    run.refresh_from_db()
    assert (run.state, Match.objects.count()) == (RunState.RUNNING, 4)
    rank_due(at=NOW + 2 * runs.LEASE)
    run.refresh_from_db()
    assert (run.state, run.new_count, Match.objects.count()) == (RunState.FINISHED, 6, 6)


def test_what_a_worker_ranks_after_it_lost_its_lease_is_not_written(chunked, monkeypatch):
    run = begin_everything(at=NOW)

    def slow(**kwargs):
        found = proposing.propose(**kwargs)
        RunChunk.objects.filter(run=run, number=0).update(takes=7)  # another worker's now
        return found

    monkeypatch.setattr(runs, "propose", slow)
    runs.rank_chunk(run_id=run.pk, number=0, at=NOW)
    assert Match.objects.count() == 0
    assert Notice.objects.count() == 0


def test_a_chunk_that_is_lost_again_and_again_fails_the_run(chunked):
    run = begin_everything(at=NOW)
    RunChunk.objects.filter(run=run, number=0).update(takes=runs.TAKES)
    runs.rank_chunk(run_id=run.pk, number=0, at=NOW)
    run.refresh_from_db()
    assert (run.state, run.error) == (RunState.FAILED, "Chunk 0 was lost 5 times.")


def test_one_full_run_at_a_time_and_a_lost_one_makes_room(chunked):
    first = begin_everything(at=NOW)
    with pytest.raises(runs.RunningAlreadyError) as refused:
        begin_everything(at=NOW)
    assert refused.value.run == first
    second = begin_everything(at=NOW + 2 * runs.LEASE)
    first.refresh_from_db()
    assert (first.state, first.error, second.state) == (RunState.FAILED, "The worker was lost.", RunState.RUNNING)


def test_a_run_is_cancelled_what_it_wrote_stays_and_what_was_due_stays_due(chunked, client, cast):
    Entry.objects.update(ranking_due_at=NOW)
    run = begin_everything(at=NOW)
    runs.rank_chunk(run_id=run.pk, number=0, at=NOW)
    client.force_login(cast.curator)
    address = reverse("admin:matching_rankingrun_changelist")
    shown = client.get(address).content.decode()
    assert "1 / 3 (33 %)" in shown
    answer = client.post(address, {"action": "cancel_selected", "_selected_action": [run.pk]}, follow=True)
    assert "1 runs cancelled." in answer.content.decode()
    run.refresh_from_db()
    assert (run.state, run.new_count) == (RunState.CANCELLED, 2)
    runs.rank_chunk(run_id=run.pk, number=1, at=NOW)
    assert Match.objects.count() == 2
    assert Entry.objects.filter(ranking_due_at=NOW).count() == 5
    assert not runs.cancel(run, at=LATER)
    rank_due(at=LATER)
    assert Match.objects.count() == 6


def test_the_command_joins_a_run_and_cancels_one(chunked):
    with pytest.raises(CommandError, match="No run over everything is under way"):
        call_command("refresh_matches", "--cancel")
    now = timezone.now()
    run = begin_everything(at=now)
    runs.rank_chunk(run_id=run.pk, number=0, at=now)
    out = StringIO()
    call_command("refresh_matches", stdout=out)
    assert out.getvalue().startswith("3 demands against 3 supplies")
    assert RankingRun.objects.get().state == RunState.FINISHED
    begin_everything(at=now)
    call_command("refresh_matches", "--cancel", stdout=out)
    assert RankingRun.objects.latest("pk").state == RunState.CANCELLED


def test_weights_that_change_during_a_run_are_taken_in(chunked, monkeypatch):
    run = begin_everything(at=NOW)
    asked = []
    monkeypatch.setattr(runs, "enqueue", lambda name, **_options: asked.append(name))
    RankingRun.objects.filter(pk=run.pk).update(engine_version="older")
    runs.work(RankingRun.objects.get(pk=run.pk), at=NOW)
    assert asked == ["matching.rank_everything"]


def spoil(path):
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: spoil(folder / "counts.npy"),
        lambda folder: (folder.parent / "current.json").unlink(),
        lambda folder: (folder / "ids_text.npy").unlink(),
    ],
)
def test_a_generation_that_cannot_be_used_is_built_again_with_the_same_name(catalogue, damage):
    profile = corpus.demand_profile(catalogue.demand.pk, on=NOW.date())
    before = corpus.fitted(at=NOW)
    hits = before.rank(profile, k=5).hits
    damage(before.generation.folder)
    corpus_module._held.clear()
    after = corpus.fitted(at=NOW)
    assert after.generation.folder != before.generation.folder
    assert after.name == before.name
    assert after.rank(profile, k=5).hits == hits


def test_another_process_finds_the_generation_on_disk_with_what_changed_since(catalogue, cast, monkeypatch):
    monkeypatch.setattr(corpus_module, "REFIT", 0)
    for _ in range(3):
        SolutionFactory(organisation=cast.agency)
    first = corpus.fitted(at=NOW)
    late = french_pumps(organisation=cast.agency)
    archived = {"state": EntryState.ARCHIVED, "version": 2, "updated_at": timezone.now()}
    Entry.objects.filter(pk=catalogue.taxes.pk).update(**archived)
    here = corpus.fitted(at=NOW)
    corpus_module._held.clear()
    monkeypatch.setattr(Generation, "build", None)
    there = corpus.fitted(at=NOW)
    assert here.generation is first.generation
    assert there.generation.folder == first.generation.folder
    assert here.changes == there.changes
    assert (here.row(late.public_id).key, here.row(catalogue.taxes.public_id)) == (late.pk, None)
    assert here.changed_since(first) == {late.public_id, catalogue.taxes.public_id}


def test_old_generations_go_and_those_of_other_code_after_a_week(catalogue, settings):
    root = corpus.fitted(at=NOW).generation.folder.parent
    for name, days in (("older", 8), ("newer", 6)):
        other = root.parent / name
        other.mkdir()
        then = (timezone.now() - timedelta(days=days)).timestamp()
        os.utime(other, (then, then))
    for _ in range(4):
        OfferFactory()
        corpus.renewed(at=timezone.now())
    assert sorted(path.name for path in root.iterdir() if path.is_dir()) == ["3", "4", "5"]
    assert sorted(path.name for path in root.parent.iterdir()) == sorted([root.name, "newer"])


def test_an_offer_that_closes_overnight_is_read_again(catalogue):
    corpus.fitted(at=NOW)
    catalogue.training.closing_date = NOW.date()
    catalogue.training.save()
    corpus_module._held.clear()
    tomorrow = corpus.fitted(at=NOW + timedelta(days=1))
    assert tomorrow.ranker.supply(catalogue.training.public_id).closed


def test_the_counts_of_a_demand_are_kept_and_only_read_again_with_its_text(catalogue, monkeypatch):
    rank_everything(at=NOW)
    asked = []
    ranked = corpus.Corpus.ranked

    def seen(self, demand, *, found, **options):
        asked.append(found is not None)
        return ranked(self, demand, found=found, **options)

    monkeypatch.setattr(corpus.Corpus, "ranked", seen)
    rank_everything(at=LATER)
    Entry.objects.filter(pk=catalogue.demand.pk).update(title="Solar pumps and wells")
    rank_everything(at=LATER)
    assert asked == [True, False]


def changes_of(run):
    return {
        (change["kind"], change["why"]) for found in run.chunks.values_list("changes", flat=True) for change in found
    }


def test_each_change_has_its_reason_and_only_new_matches_are_told(catalogue, cast, monkeypatch):
    assert changes_of(rank_everything(at=NOW)) == {(Change.NEW, ChangeReason.NEW_DEMAND)}
    told = Notice.objects.count()
    Entry.objects.filter(pk=catalogue.pumps.pk).update(
        title="Boulangerie", summary="Du pain.", version=2, updated_at=LATER, ranking_due_at=LATER
    )
    run = rank_entry(entry_id=catalogue.pumps.pk, at=LATER + timedelta(minutes=1))
    assert (Change.GONE, ChangeReason.EDITED) in changes_of(run) or (Change.MOVED, ChangeReason.TEXT) in changes_of(run)
    assert Notice.objects.count() == told
    Entry.objects.filter(pk=catalogue.demand.pk).update(summary="Solar pumps.", version=2, ranking_due_at=LATER)
    assert {why for _kind, why in changes_of(rank_due(at=LATER + timedelta(minutes=2)))} <= {ChangeReason.TEXT}


TEXTS = (PUMPS, TRAINING, TAXES, GARDENS, {"title": "Water", "summary": "Village gardens.", "body": "Pumps."})


def edit(number, what, text, at):
    """Put a supply in, change its text, take it out or bring it back, as the services do."""
    supplies = list(Entry.objects.supplies().order_by("pk"))
    if what == "new":
        entry = OfferFactory(**TEXTS[text], published_at=at, updated_at=at, ranking_due_at=at)
    else:
        entry = supplies[number % len(supplies)]
        state = {"out": EntryState.ARCHIVED, "in": EntryState.PUBLISHED}.get(what, entry.state)
        fields = TEXTS[text] if what == "text" else {}
        Entry.objects.filter(pk=entry.pk).update(
            state=state, version=entry.version + 1, updated_at=at, ranking_due_at=at, **fields
        )
    return entry.pk


edits = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(["new", "text", "out", "in"]), st.integers(0, len(TEXTS) - 1)),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],  # each example ranks a catalogue several times
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edits=edits)
def test_ranking_what_supplies_reach_equals_a_full_run(catalogue, cast, monkeypatch, settings, edits):
    monkeypatch.setattr(corpus_module, "REFIT", 0)  # no new statistics on the way
    settings.MATCHES_PER_DEMAND = 2
    with transaction.atomic():
        DemandFactory(organisation=cast.ministry, **TAXES)
        for number in range(20):
            SolutionFactory(organisation=cast.agency, **TEXTS[number % len(TEXTS)])
        rank_everything(at=NOW)
        name = corpus.fitted(at=NOW).name
        for step, (number, what, text) in enumerate(edits):
            at = LATER + timedelta(minutes=step)
            rank_entry(entry_id=edit(number, what, text, at), at=at)
            before = list(Match.objects.order_by("pk").values())
            full = runs.begin(RunScope.DUE, due={}, at=at)
            runs.cut(full, list(RankedDemand.objects.values_list("pk", flat=True)), corpus.fitted(at=at))
            runs.work(full, at=at)
            assert list(Match.objects.order_by("pk").values()) == before
        assert corpus.fitted(at=LATER).name == name
        transaction.set_rollback(True)


def test_a_supply_that_reaches_no_demand_ranks_none(catalogue, cast, monkeypatch, settings):
    monkeypatch.setattr(corpus_module, "REFIT", 0)
    settings.MATCHES_PER_DEMAND = 1
    for number in range(30):
        words = " ".join(f"word{number}x{place}" for place in range(12))
        SolutionFactory(organisation=cast.agency, **{**GARDENS, "body": words})
    rank_everything(at=NOW)
    far = SolutionFactory(organisation=cast.agency, **TAXES, updated_at=LATER, ranking_due_at=LATER)
    run = rank_entry(entry_id=far.pk, at=LATER)
    assert (run.state, run.demand_count) == (RunState.FINISHED, 0)
    near = french_pumps(organisation=cast.agency, updated_at=LATER, ranking_due_at=LATER, title=GARDENS["title"])
    assert rank_entry(entry_id=near.pk, at=LATER).demand_count == 1
