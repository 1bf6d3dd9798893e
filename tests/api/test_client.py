"""The example client, against a server that runs."""

import pytest

from accounts.models import AccessToken
from examples.client import match
from tests.matching.conftest import GARDENS, catalogue
from tests.solutions.conftest import taxonomy

__all__ = ["catalogue", "taxonomy"]
pytestmark = pytest.mark.usefixtures("taxonomy")


@pytest.mark.django_db(transaction=True)
def test_the_example_client_gets_hits_and_says_what_is_refused(live_server, cast, catalogue):
    _, secret = AccessToken.objects.create(cast.publisher, name="partner", scopes=["match"])
    profile = {"kind": "demand", "language": "en", **GARDENS}
    answer = match(live_server.url, secret, profile, limit=5)
    assert catalogue.training.public_id in {hit["id"] for hit in answer["results"]}
    with pytest.raises(RuntimeError, match="401"):
        match(live_server.url, "x" * 64, profile)
    with pytest.raises(RuntimeError, match="409 invalid_entry"):
        match(live_server.url, secret, {"kind": "demand", "colour": "red"})
