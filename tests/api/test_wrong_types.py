"""Every field of every body that the API reads, given as what it cannot be: refused by its name, nothing written."""

import json

import pytest
from django.utils import timezone

from accounts.enums import Role, Scope
from accounts.models import AccessToken, User
from core.models import KeptAnswer
from matching.models import Match, MatchEvent, MatchMessage
from notifications.models import Notice, Preference, WebhookEndpoint
from solutions.models import Entry, EntryEvent
from tests.api.test_examples import BODIES
from tests.api.test_permissions import calls, world
from tests.factories import MembershipFactory

__all__ = ["world"]
pytestmark = pytest.mark.usefixtures("taxonomy")
MODELS = (
    AccessToken, Entry, EntryEvent, KeptAnswer, Match, MatchEvent, MatchMessage, Notice, Preference, WebhookEndpoint,
)  # fmt: skip
FREE_TEXT = {"name", "note", "text", "url"}
WRONG = ({"a": [{"b": None}]}, [[["a"]]], "\ud800", "x" * 30_000)
EXAMPLES = {
    operation.replace("/api/v1/", ""): next(iter(content["application/json"]["examples"].values()))["value"]
    for operation, content in BODIES
}


def state():
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in MODELS}


@pytest.fixture
def operator(client, cast):
    """Log a person in who may do everything, and belongs to both sides."""
    person = User.objects.create_superuser("operator@example.org", name="Operator")
    for home, role in ((cast.ministry, Role.FOCAL_POINT), (cast.agency, Role.PUBLISHER)):
        MembershipFactory(user=person, organisation=home, role=role)
    client.force_login(person)
    return person


def test_every_field_of_every_body_is_refused_by_its_name(client, cast, world, operator):
    addresses = {}
    for operation, whose, address, *_ in calls(world, cast):
        if whose == "own" or operation not in addresses:
            addresses[operation] = f"/api/v1/{address}"
    token, secret = AccessToken.objects.create(operator, name="t", scopes=Scope.values)
    AccessToken.objects.filter(pk=token.pk).update(used_at=timezone.now())
    before, tried, wrong = state(), 0, []
    for operation, example in EXAMPLES.items():
        method = operation.split()[0]
        for field, good in [*example.items(), ("colour", "no field")]:
            for value in (*WRONG, 7) if field in FREE_TEXT else WRONG:
                if isinstance(good, dict) and isinstance(value, dict):
                    value = 7
                sent = {"content_type": "application/json", "headers": {"if-match": "*"}}
                if operation == "post match":  # for tokens alone
                    sent["headers"] = {"authorization": f"Bearer {secret}"}
                answer = getattr(client, method)(addresses[operation], json.dumps({**example, field: value}), **sent)
                tried += 1
                named = {error["pointer"] for error in json.loads(answer.content).get("errors", ())}
                if answer.status_code not in (400, 409) or not any(p.startswith(f"#/{field}") for p in named):
                    wrong.append((operation, field, str(value)[:20], answer.status_code, sorted(named)))
    assert wrong == []
    assert tried >= 200
    assert state() == before
