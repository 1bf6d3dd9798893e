"""Questions and answers on a match: read by both sides and curators, never changed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from matching.enums import Actor, MessageKind
from matching.lifecycle import BOTH_SIDES, TALKING
from matching.models import Match, MatchMessage
from matching.services.announcing import tell
from matching.services.moving import BadDecisionError, MatchNotOpenError, capacities_of, check_note, refused


@transaction.atomic
def post_message(*, match: Match, by: User, kind: MessageKind, text: str, at: datetime) -> MatchMessage:
    """Ask or answer on an introduced match and tell those it is for: the other side, or both when a curator writes.

    Raises MoveRefusedError, BadDecisionError, MatchNotOpenError.
    """
    held = capacities_of(by, match)
    actor = next((capacity for capacity in Actor if capacity in held), None)
    if actor is None or match.introduced_at is None:
        raise refused()
    standing = Match.objects.select_for_update(no_key=True).values_list("state", flat=True)  # until it is written
    if standing.get(pk=match.pk) not in TALKING:
        raise MatchNotOpenError(_("This match has ended: nothing can be added to the conversation."))
    if kind not in MessageKind:
        raise BadDecisionError(_("Choose whether this is a question or an answer."), field="kind")
    if not text.strip():
        raise BadDecisionError(_("Write something."), field="text")
    check_note(text, field="text")
    message = MatchMessage.objects.create(match=match, kind=kind, author=by, actor=actor, text=text.strip(), at=at)
    said = {"side": str(actor), "text": message.text, "question": kind == MessageKind.QUESTION}
    tell(match, kind="matching.message", people=BOTH_SIDES - {actor}, by=by, at=at, event=f"m{message.pk}", **said)
    return message
