"""People hear of new matches once, and only of what they may know."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from matching.enums import Band, MatchState
from matching.models import Match
from matching.services import telling
from matching.services.curation import dismiss, shortlist
from matching.services.explaining import Labels, in_words
from matching.services.ranking import rank_demand, rank_due, rank_everything
from notifications.models import Email, Notice
from solutions.enums import EntryState, Visibility
from solutions.models import Entry
from tests.factories import NOW, DemandFactory
from tests.matching.conftest import GARDENS, french_pumps

LATER = NOW + timedelta(hours=1)


def told():
    return {(notice.recipient.name, notice.kind) for notice in Notice.objects.select_related("recipient")}


FOCAL_POINTS = {("Focal point", "matching.new_matches")}
PUBLISHERS = {("Publisher", "matching.supply_proposed")}


@pytest.fixture
def named(cast):
    cast.colleague.name = "Colleague"
    cast.colleague.save()
    return cast


def test_the_two_sides_are_told_and_nobody_else(named, catalogue):
    rank_everything(at=NOW)
    assert told() == FOCAL_POINTS | {("Colleague", "matching.new_matches")} | PUBLISHERS
    assert Email.objects.count() == 3


def test_a_second_run_tells_nobody_anything(named, catalogue):
    rank_everything(at=NOW)
    rank_everything(at=LATER)
    rank_demand(demand_id=catalogue.demand.pk, at=LATER)
    rank_due(at=LATER)
    assert Notice.objects.count() == 3


def test_only_what_is_new_is_told(named, catalogue):
    rank_everything(at=NOW)
    late = french_pumps(organisation=named.agency, title="Pompes solaires, encore")
    rank_everything(at=LATER)
    notice = Notice.objects.get(recipient=named.focal_point, created_at=LATER)
    assert [match["title"] for match in notice.context["matches"]] == [late.title]
    assert notice.path == f"/demands/{catalogue.demand.public_id}/matches/"


def test_what_was_withdrawn_and_comes_back_is_not_told_again(named, catalogue):
    rank_everything(at=NOW)
    for state, version in ((EntryState.ARCHIVED, 2), (EntryState.PUBLISHED, 3)):
        Entry.objects.filter(pk=catalogue.pumps.pk).update(state=state, version=version)
        rank_everything(at=LATER)
    assert Match.objects.get(supply=catalogue.pumps).state == MatchState.PROPOSED
    assert Notice.objects.count() == 3


@pytest.mark.parametrize(
    ("visibility", "heard"),
    [
        (Visibility.PRIVATE, set()),
        (Visibility.FOCAL_POINTS, PUBLISHERS),
        (Visibility.PUBLIC_SUMMARY, PUBLISHERS),
        (Visibility.PUBLIC, PUBLISHERS),
    ],
)
def test_publishers_hear_only_of_demands_that_they_may_read(named, catalogue, visibility, heard):
    Entry.objects.filter(pk=catalogue.demand.pk).update(visibility=visibility)
    rank_everything(at=NOW)
    assert told() - FOCAL_POINTS - {("Colleague", "matching.new_matches")} == heard


def test_a_publisher_of_an_unverified_organisation_hears_of_public_demands_only(cast, catalogue):
    Entry.objects.filter(pk=catalogue.pumps.pk).update(organisation=cast.unverified)
    for visibility in (Visibility.PUBLIC_SUMMARY, Visibility.FOCAL_POINTS):
        Entry.objects.filter(pk=catalogue.demand.pk).update(visibility=visibility)
        rank_everything(at=NOW)
        assert not Notice.objects.filter(recipient=cast.unverified_member).exists()
    Entry.objects.filter(pk=catalogue.demand.pk).update(visibility=Visibility.PUBLIC)
    rank_everything(at=LATER)
    assert Notice.objects.filter(recipient=cast.unverified_member).count() == 1


def test_a_demand_that_becomes_public_is_told_to_publishers_then(cast, catalogue):
    Entry.objects.filter(pk=catalogue.demand.pk).update(visibility=Visibility.PRIVATE)
    rank_everything(at=NOW)
    assert not Notice.objects.filter(recipient=cast.publisher).exists()
    Entry.objects.filter(pk=catalogue.demand.pk).update(visibility=Visibility.PUBLIC)
    rank_everything(at=LATER)
    assert Notice.objects.filter(recipient=cast.publisher).count() == 1


def test_publishers_hear_of_strong_and_good_matches_only(cast, catalogue):
    rank_everything(at=NOW)
    Notice.objects.all().delete()
    Match.objects.update(publishers_told_at=None, band=Band.POSSIBLE)
    assert telling.tell_publishers(at=LATER) == 0
    Match.objects.filter(supply=catalogue.training).update(band=Band.GOOD)
    assert telling.tell_publishers(at=LATER) == 1
    notice = Notice.objects.get()
    assert [match["title"] for match in notice.context["matches"]] == [catalogue.training.title]


def test_a_publisher_gets_one_notice_a_run_for_all_demands(cast, catalogue):
    DemandFactory(organisation=cast.other, **GARDENS)
    rank_everything(at=NOW)
    notice = Notice.objects.get(recipient=cast.publisher)
    assert len({match["path"] for match in notice.context["matches"]}) == 2


def test_only_what_a_notice_lists_is_read_whole(cast, catalogue, monkeypatch):
    rank_everything(at=NOW)
    best = Match.objects.order_by("-score").first()
    Match.objects.update(publishers_told_at=None)
    Notice.objects.all().delete()
    monkeypatch.setattr(telling, "LISTED", 1)
    with CaptureQueriesContext(connection) as queries:
        assert telling.tell_publishers(at=LATER) == 1
    whole = [query["sql"] for query in queries if '"matching_match"."explanation"' in query["sql"]]
    assert whole
    assert all(f'"matching_match"."id" IN ({best.pk})' in sql for sql in whole)
    context = Notice.objects.get().context
    assert (context["count"], [match["title"] for match in context["matches"]]) == (2, [best.supply.title])


def test_what_a_lost_worker_left_untold_is_told_by_the_sweep_once(cast, catalogue, monkeypatch):
    def lost(**kwargs):
        raise SystemExit

    monkeypatch.setattr("matching.services.runs.tell_publishers", lost)
    with pytest.raises(SystemExit):
        rank_everything(at=NOW)
    monkeypatch.undo()
    assert not Notice.objects.filter(recipient=cast.publisher).exists()
    rank_due(at=LATER)
    rank_due(at=LATER)
    assert Notice.objects.filter(recipient=cast.publisher).count() == 1


def test_if_telling_fails_the_matches_are_not_there_either(cast, catalogue, monkeypatch):
    def lost(**kwargs):
        raise SystemExit

    monkeypatch.setattr("matching.services.telling.notify", lost)
    with pytest.raises(SystemExit):
        rank_demand(demand_id=catalogue.demand.pk, at=NOW)
    monkeypatch.undo()
    assert not Match.objects.exists()
    rank_demand(demand_id=catalogue.demand.pk, at=LATER)
    assert Notice.objects.filter(recipient=cast.focal_point).count() == 1


def test_a_shortlisting_is_told_to_the_focal_points(named, catalogue):
    rank_everything(at=NOW)
    Notice.objects.all().delete()
    shortlist(match=Match.objects.get(supply=catalogue.pumps), by=named.curator, at=LATER)
    assert told() == {("Focal point", "matching.shortlisted"), ("Colleague", "matching.shortlisted")}


def test_a_dismissal_is_told_to_nobody(cast, catalogue):
    rank_everything(at=NOW)
    Notice.objects.all().delete()
    dismiss(match=Match.objects.get(supply=catalogue.pumps), by=cast.curator, reason="wrong_topic", at=LATER)
    assert not Notice.objects.exists()


def test_mail_is_in_the_reader_s_language_and_shows_both_wordings(cast, catalogue):
    with translation.override("fr"):
        rank_everything(at=NOW)
    text = Email.objects.get(recipient=cast.focal_point).text
    assert "2 more solutions and offers could answer your demand “Solar pumps for village gardens”." in text
    assert "solar pumps = pompes solaires" in text.casefold()
    assert f"/demands/{catalogue.demand.public_id}/matches/" in text
    assert "&" not in text
    publisher = Email.objects.get(recipient=cast.publisher).text
    assert "for “Solar pumps for village gardens”, Ministry of Agriculture\n" in publisher


def test_mail_shows_the_whole_sum_and_what_is_not_stated(cast, catalogue):
    cast.focal_point.language = "fr"
    cast.focal_point.save()
    rank_everything(at=NOW)
    match = Match.objects.get(supply=catalogue.pumps)
    with translation.override("fr"):
        explanation = in_words(match.explanation, Labels())
    assert len(explanation.lines) == 9
    assert explanation.missing
    assert f"{100 * match.score:.1f}".replace(".", ",") in explanation.verdict
    for person in (cast.focal_point, cast.publisher):
        text = Email.objects.get(recipient=person).text
        with translation.override(person.language):
            assert [said for said in in_words(match.explanation, Labels()).sentences if said not in text] == []
