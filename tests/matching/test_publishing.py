"""Publishing, changing or removing an entry re-ranks what it touches, after commit and never before."""

import pytest
from celery import current_app

from matching.models import Match, RankingRun
from notifications.models import Notice
from solutions.enums import EntryState
from solutions.models import Entry
from solutions.services import archive_entry, publish_entry, update_entry
from tests.factories import NOW


@pytest.fixture
def live(catalogue):
    """The catalogue, the demand and the French solution still waiting to be published."""
    waiting = (catalogue.demand.pk, catalogue.pumps.pk)
    Entry.objects.filter(pk__in=waiting).update(state=EntryState.SUBMITTED)
    catalogue.demand.refresh_from_db()
    catalogue.pumps.refresh_from_db()
    return catalogue


def proposed():
    return set(Match.objects.proposed().values_list("supply__title", flat=True))


def test_matches_follow_the_catalogue(live, cast, django_capture_on_commit_callbacks):
    def act(service, entry, **arguments):
        with django_capture_on_commit_callbacks(execute=True):
            service(entry=entry, by=cast.curator, at=NOW, **arguments)
            before = RankingRun.objects.count()
        assert RankingRun.objects.count() > before
        assert not Entry.objects.filter(ranking_due_at__isnull=False).exists()
        return proposed()

    assert act(publish_entry, live.demand) == {live.training.title}
    assert act(publish_entry, live.pumps) == {live.training.title, live.pumps.title}
    pumps = Entry.objects.get(pk=live.pumps.pk)
    other = {"title": "Impôts", "summary": "Déclarations par téléphone.", "body": "Le trésor publie les chiffres."}
    act(update_entry, pumps, values=other, version=pumps.version)
    assert proposed() == {live.training.title}
    assert act(archive_entry, Entry.objects.get(pk=live.demand.pk)) == set()


def test_what_is_rolled_back_is_neither_ranked_nor_told(live, cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as waiting:
        publish_entry(entry=live.demand, by=cast.curator, at=NOW)
    assert len(waiting) == 1
    assert (RankingRun.objects.count(), Notice.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["matching.rank_due", "matching.rank_everything"])
def test_the_scheduled_tasks_rank_what_waits(catalogue, name):
    Entry.objects.filter(pk=catalogue.demand.pk).update(ranking_due_at=NOW)
    current_app.tasks[name].apply(kwargs={"an_argument_of_a_newer_release": 1}, throw=True)
    assert proposed() == {catalogue.pumps.title, catalogue.training.title}
    assert not Entry.objects.filter(ranking_due_at__isnull=False).exists()


def test_the_task_of_an_entry_that_is_gone_does_nothing(db):
    current_app.tasks["matching.rank_entry"].apply(kwargs={"entry_id": 404}, throw=True)
    assert not RankingRun.objects.exists()
