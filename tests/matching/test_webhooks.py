"""What the webhooks of the organisations are told about matches: what their members may know, and no more."""

import json

import pytest

from matching.services.ranking import rank_everything
from notifications.models import Notice, WebhookDelivery, WebhookEndpoint
from solutions.enums import Visibility
from tests.factories import NOW, DemandFactory, SolutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def webhooks(cast):
    for organisation in (cast.ministry, cast.agency, cast.other):
        WebhookEndpoint.objects.create(organisation=organisation, url="https://hooks.example.org/")


def told():
    rows = WebhookDelivery.objects.order_by("kind").values_list("kind", "endpoint__organisation__name", "body")
    return [(kind, name, json.loads(body)["data"]) for kind, name, body in rows]


@pytest.mark.parametrize(
    ("visibility", "verified", "kinds"),
    [
        (Visibility.PUBLIC, True, ["matching.new_matches", "matching.supply_proposed"]),
        (Visibility.FOCAL_POINTS, True, ["matching.new_matches", "matching.supply_proposed"]),
        (Visibility.PUBLIC, False, ["matching.new_matches"]),
        (Visibility.PRIVATE, True, ["matching.new_matches"]),
    ],
)
def test_each_side_is_told_of_new_matches_once(cast, webhooks, visibility, verified, kinds):
    demand = DemandFactory(organisation=cast.ministry, title="Solar pumps for gardens", visibility=visibility)
    SolutionFactory(organisation=cast.agency, title="Solar pumps for gardens")
    if not verified:
        cast.agency.verified_at = None
        cast.agency.save()
    for _ in range(2):
        rank_everything(at=NOW)
    assert [kind for kind, _name, _data in told()] == kinds
    assert [name for _kind, name, _data in told()] == ["Ministry of Agriculture", "Cooperation Agency"][: len(kinds)]
    assert told()[0][2]["demand"] == demand.title
    assert told()[0][2]["url"].endswith(f"{demand.public_id}/matches/")
    assert Notice.objects.filter(recipient=cast.focal_point).count() == 1
