"""What is kept of answers, and for how long."""

from datetime import timedelta

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from core.idempotency import KEPT, once
from core.models import KeptAnswer
from core.parsing import ObjectParser
from tests.factories import NOW


def call(user, *, at):
    """Make a thing under the key "k"; return how often it was made."""
    sent = APIRequestFactory().post("/things/", {}, format="json", headers={"idempotency-key": "k"})
    request = Request(sent, parsers=[ObjectParser()])
    request.user = user
    made = []
    once(request, lambda: Response({"made": made.append(at)}, status=201), at=at)
    return len(made)


def test_an_answer_is_kept_for_a_week_by_person_and_key(cast):
    assert [call(person, at=NOW) for person in (cast.publisher, cast.publisher, cast.outsider)] == [1, 0, 1]
    assert call(cast.publisher, at=NOW + KEPT) == 0
    assert call(cast.publisher, at=NOW + KEPT + timedelta(seconds=1)) == 1


def test_the_answers_of_who_never_calls_again_are_forgotten_too(cast):
    call(cast.publisher, at=NOW)
    call(cast.outsider, at=NOW + KEPT + timedelta(seconds=1))
    assert [kept.user for kept in KeptAnswer.objects.all()] == [cast.outsider]
