"""A member's desk: what waits for one's own side, and how far demands are covered."""

from datetime import timedelta

import pytest

from matching.enums import Actor, MatchState
from matching.models import Match
from matching.queries import waiting_for
from matching.services.answering import accept
from matching.services.curation import introduce, shortlist
from solutions.models import NeedLine
from tests.factories import NOW, DemandFactory

SIDES = {"focal_point": Actor.DEMAND_SIDE, "publisher": Actor.SUPPLY_SIDE}


@pytest.mark.parametrize("state", MatchState)
@pytest.mark.parametrize("answers", [("", ""), ("accepted", ""), ("", "accepted"), ("accepted", "accepted")])
def test_a_match_waits_for_the_sides_that_the_table_names(cast, match, state, answers):
    Match.objects.update(state=state, introduced_at=NOW, due_at=NOW, demand_answer=answers[0], supply_answer=answers[1])
    match.refresh_from_db()
    for person, side in SIDES.items():
        assert (match in waiting_for(getattr(cast, person))) == (side in match.next_actors), (state, answers, person)
    assert not waiting_for(cast.outsider)


def test_of_proposals_only_the_one_with_a_limit_waits(cast, match):
    assert not waiting_for(cast.focal_point)
    Match.objects.filter(pk=match.pk).update(due_at=NOW)
    assert list(waiting_for(cast.focal_point)) == [match]


def test_the_desk_begins_with_what_changed_last_be_it_a_draft(client, cast):
    old = DemandFactory(organisation=cast.ministry, updated_at=NOW)
    draft = DemandFactory(organisation=cast.ministry, state="draft", published_at=None, updated_at=NOW + timedelta(1))
    client.force_login(cast.focal_point)
    assert [entry.pk for entry in client.get("/desk/").context["page"]] == [draft.pk, old.pk]


def test_the_desk_shows_what_waits_until_when_and_what_is_covered(client, cast, catalogue, match):
    for title in ("Pumps", "Training"):
        NeedLine.objects.create(demand=catalogue.demand, title=title)
    shortlist(match=match, by=cast.focal_point, at=NOW)
    match.refresh_from_db()
    introduce(match=match, by=cast.curator, at=NOW)
    accept(match=match, side=Actor.DEMAND_SIDE, by=cast.focal_point, at=NOW)
    client.force_login(cast.publisher)
    page = client.get("/desk/").content.decode()
    assert "Waits for you" in page
    assert f"/matches/{match.public_id}/" in page
    assert "Due" in page
    client.force_login(cast.focal_point)
    page = client.get("/desk/").content.decode()
    assert "Waits for you" not in page
    assert "0 of 2" in page
    accept(match=match, side=Actor.SUPPLY_SIDE, by=cast.publisher, at=NOW + timedelta(hours=1))
    assert "Waits for you" in client.get("/desk/").content.decode()
    match.needs.set(NeedLine.objects.filter(title="Pumps"))
    Match.objects.filter(pk=match.pk).update(state=MatchState.AGREED)
    assert "1 of 2" in client.get("/desk/").content.decode()
