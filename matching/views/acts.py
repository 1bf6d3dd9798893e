"""What can be done on a match's page: each verb with its form, words, who is offered it and the service behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from matching.enums import Actor, MatchState
from matching.forms import AcceptForm, ActForm, DeclineForm, EndForm, MessageForm, NeedsForm, NotedForm, WithdrawalForm
from matching.lifecycle import BOTH_SIDES, OPEN, TALKING, targets
from matching.models import Match
from matching.services.answering import ANSWER_FIELDS, accept, agree, decline, withdraw
from matching.services.conversing import post_message
from matching.services.covering import CHOOSERS, set_needs
from matching.services.curation import dismiss, introduce, reopen, shortlist


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that can be done: a form, the service, the button's words, and what is said when it is done."""

    form: type[ActForm]
    service: Callable[..., object]
    label: Any
    done: Any
    offered: Callable[[Match, frozenset[Actor]], bool]

    def call(self, *, match: Match, by: User, at: datetime, data: dict[str, Any]) -> None:
        """Do it to the match as the reader saw it; raises what the service raises."""
        said = dict(data)
        match.version = said.pop("version")
        self.service(match=match, by=by, at=at, **said)


def _to(state: MatchState) -> Callable[[Match, frozenset[Actor]], bool]:
    """Offer a verb where the table of moves allows it."""
    return lambda match, held: state in targets(MatchState(match.state), held)


def unanswered(match: Match, held: frozenset[Actor]) -> list[Actor]:
    """Return the sides for which a person may still answer the introduction, in order."""
    if match.state != MatchState.INTRODUCED:
        return []
    return [side for side, field in ANSWER_FIELDS.items() if side in held and not getattr(match, field)]


def _may_converse(match: Match, held: frozenset[Actor]) -> bool:
    return match.introduced_at is not None and match.state in TALKING and bool(held)


def _may_choose_needs(match: Match, held: frozenset[Actor]) -> bool:
    return bool(held.intersection(CHOOSERS)) and match.state in OPEN | {MatchState.AGREED}


def _may_decline(match: Match, held: frozenset[Actor]) -> bool:
    return match.state in (MatchState.INTRODUCED, MatchState.INTERESTED) and bool(held & BOTH_SIDES)


def _may_reopen(match: Match, held: frozenset[Actor]) -> bool:
    return match.state != MatchState.GONE and _to(MatchState.PROPOSED)(match, held)


VERBS: dict[str, Verb] = {
    "shortlist": Verb(
        NotedForm, shortlist, _("Put on the shortlist"), _("On the shortlist."), _to(MatchState.SHORTLISTED)
    ),
    "introduce": Verb(NotedForm, introduce, _("Introduce"), _("Introduced."), _to(MatchState.INTRODUCED)),
    "accept": Verb(AcceptForm, accept, _("Accept"), _("Accepted."), lambda match, held: bool(unanswered(match, held))),
    "agree": Verb(NotedForm, agree, _("Record the agreement"), _("Agreed."), _to(MatchState.AGREED)),
    "message": Verb(MessageForm, post_message, _("Ask or answer"), _("Sent."), _may_converse),
    "needs": Verb(NeedsForm, set_needs, _("Choose need lines"), _("Need lines chosen."), _may_choose_needs),
    "dismiss": Verb(EndForm, dismiss, _("Dismiss"), _("Dismissed."), _to(MatchState.DISMISSED)),
    "decline": Verb(DeclineForm, decline, _("Decline"), _("Declined."), _may_decline),
    "withdraw": Verb(WithdrawalForm, withdraw, _("Withdraw"), _("Withdrawn."), _to(MatchState.WITHDRAWN)),
    "reopen": Verb(NotedForm, reopen, _("Reopen"), _("Reopened."), _may_reopen),
}
