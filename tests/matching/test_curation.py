"""Curators decide, once; who comes second is told who was first."""

import pytest

from matching.enums import DismissalReason, MatchState
from matching.lifecycle import MOVES
from matching.models import Match, MatchEvent
from matching.services.curation import (
    NOTE_MAX,
    BadDecisionError,
    CurationRefusedError,
    MatchNotOpenError,
    dismiss,
    reopen,
    shortlist,
)
from matching.services.ranking import rank_everything
from tests.factories import NOW

PEOPLE = ("focal_point", "colleague", "observer", "publisher", "outsider", "unverified_member", "curator", "visitor")
VERBS = {
    "shortlist": (shortlist, {}, MatchState.SHORTLISTED),
    "dismiss": (dismiss, {"reason": DismissalReason.WRONG_TOPIC}, MatchState.DISMISSED),
    "reopen": (reopen, {}, MatchState.PROPOSED),
}


@pytest.fixture
def match(catalogue):
    rank_everything(at=NOW)
    return Match.objects.get(supply=catalogue.pumps)


def in_state(match, state):
    Match.objects.filter(pk=match.pk).update(state=state)
    return Match.objects.get(pk=match.pk)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("verb", VERBS)
def test_only_curators_decide(match, cast, person, verb):
    act, arguments, after = VERBS[verb]
    before = MatchState.DISMISSED if verb == "reopen" else MatchState.PROPOSED
    match = in_state(match, before)
    if person == "curator":
        act(match=match, curator=cast.curator, at=NOW, **arguments)
    else:
        with pytest.raises(CurationRefusedError):
            act(match=match, curator=getattr(cast, person), at=NOW, **arguments)
    assert Match.objects.get(pk=match.pk).state == (after if person == "curator" else before)


@pytest.mark.parametrize("state", MatchState)
@pytest.mark.parametrize("verb", VERBS)
def test_every_move_is_either_in_the_table_or_refused(match, cast, state, verb):
    act, arguments, after = VERBS[verb]
    match = in_state(match, state)
    allowed = after in MOVES[state] and (verb != "reopen" or state == MatchState.DISMISSED)
    if allowed:
        act(match=match, curator=cast.curator, note="Seen.", at=NOW, **arguments)
        event = MatchEvent.objects.latest("pk")
        assert (event.from_state, event.to_state, event.by, event.note, event.at) == (
            state, after, cast.curator, "Seen.", NOW,
        )  # fmt: skip
        assert event.reason_code == arguments.get("reason", "")
    else:
        with pytest.raises(MatchNotOpenError):
            act(match=match, curator=cast.curator, at=NOW, **arguments)
    assert Match.objects.get(pk=match.pk).state == (after if allowed else state)


def test_the_second_curator_is_told_who_was_first(match, cast):
    stale = Match.objects.get(pk=match.pk)
    dismiss(match=match, curator=cast.curator, reason=DismissalReason.DUPLICATE, at=NOW)
    with pytest.raises(MatchNotOpenError, match=r"^Curator was first: this match is “Dismissed” since Nov\. 2, 2026"):
        shortlist(match=stale, curator=cast.curator, at=NOW)
    assert Match.objects.get(pk=match.pk).state == MatchState.DISMISSED


def test_a_reopened_match_has_no_reason_any_more(match, cast):
    dismiss(match=match, curator=cast.curator, reason=DismissalReason.DUPLICATE, at=NOW)
    assert match.reason_code == DismissalReason.DUPLICATE
    reopen(match=match, curator=cast.curator, at=NOW)
    assert (match.state, match.reason_code, match.version) == (MatchState.PROPOSED, "", 3)


@pytest.mark.parametrize(
    ("arguments", "field"), [({"reason": "boring"}, "reason"), ({"note": "x" * (NOTE_MAX + 1)}, "note")]
)
def test_a_bad_reason_or_an_oversized_note_is_refused(match, cast, arguments, field):
    with pytest.raises(BadDecisionError) as refused:
        dismiss(match=match, curator=cast.curator, at=NOW, **{"reason": DismissalReason.DUPLICATE, **arguments})
    assert refused.value.field == field
    assert Match.objects.get(pk=match.pk).state == MatchState.PROPOSED
