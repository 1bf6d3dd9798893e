"""Two curators decide about one match at the same moment: one does it, the other is told who was first."""

from threading import Barrier

import pytest
from django.test import Client

from accounts.enums import Role
from matching.enums import EndingReason
from matching.models import Match, MatchEvent
from matching.services.curation import dismiss, shortlist
from matching.services.moving import MatchNotOpenError
from matching.services.ranking import rank_everything
from tests.factories import NOW, MembershipFactory
from tests.matching.conftest import french_pumps
from tests.notifications.conftest import at_once

__all__ = ["at_once"]
ROUNDS = 6


@pytest.fixture
def curators(transactional_db, cast):
    """Two of them, by name."""
    for name in ("Awa Diop", "Bo Li"):
        MembershipFactory(role=Role.CURATOR, organisation=cast.secretariat, user__name=name)
    return [person.user for person in cast.secretariat.memberships.exclude(user=cast.curator).order_by("pk")]


@pytest.fixture
def matches(catalogue, cast):
    for number in range(ROUNDS):
        french_pumps(organisation=cast.agency, title=f"Pompes solaires {number}")
    rank_everything(at=NOW)
    found = list(Match.objects.proposed().order_by("pk")[:ROUNDS])
    assert len(found) == ROUNDS
    return found


def test_of_two_decisions_at_once_one_holds_and_the_other_is_told_whose(curators, matches, at_once):
    first, second = curators

    def rounds(person, decide, **said):
        """Decide each match as it was read, at the same time as the other; return who was named when refused."""
        told = []
        for match in seen[person]:
            together.wait(30)
            try:
                decide(match=match, by=person, at=NOW, **said)
            except MatchNotOpenError as refusal:
                told.append(str(refusal))
            else:
                told.append("")
        return told

    together = Barrier(2)
    ids = [match.pk for match in matches]
    seen = {
        person: list(Match.objects.filter(pk__in=ids).select_related("demand__organisation", "supply").order_by("pk"))
        for person in curators
    }
    outcomes = at_once(
        lambda: rounds(first, shortlist),
        lambda: rounds(second, dismiss, reason=EndingReason.DUPLICATE),
    )
    [events] = at_once(lambda: list(MatchEvent.objects.filter(by__in=curators).select_related("by")))
    for place, match in enumerate(matches):
        ours, theirs = (told[place] for told in outcomes)
        assert bool(ours) != bool(theirs)  # exactly one was refused
        refusal, winner, state = (theirs, first, "Shortlisted") if theirs else (ours, second, "Dismissed")
        assert refusal.startswith(f"{winner.name} was first: this match is “{state}” since ")
        moves = [(event.by, event.get_to_state_display()) for event in events if event.match_id == match.pk]
        assert moves == [(winner, state)]


def test_of_two_posts_of_the_desk_at_once_one_is_refused_with_the_name(curators, matches, at_once):
    together = Barrier(2)
    match = matches[0]

    def post(person, action):
        browser = Client()
        browser.force_login(person)
        data = {"action": action, "_selected_action": [match.pk], "index": 0, "decide": "1", "reason": "duplicate"}
        together.wait(30)
        answer = browser.post(
            "/admin/matching/match/", {**data, f"version_{match.pk}": match.version, "note": ""}, follow=True
        )
        return answer.content.decode()  # its context would hold what other threads rendered

    said = at_once(
        lambda: post(curators[0], "shortlist_selected"),
        lambda: post(curators[1], "dismiss_selected"),
    )
    pages = dict(zip(curators, said, strict=True))
    [refused] = [person for person, text in pages.items() if "was first" in text]
    [winner] = [person for person in curators if person != refused]
    assert f"{winner.name} was first" in pages[refused]
    assert at_once(MatchEvent.objects.filter(match=match, by__in=curators).count) == [1]
