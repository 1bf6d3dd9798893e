"""The page of one's access tokens: made there, shown once, revoked, nobody else's."""

import re

import pytest
from rest_framework.test import APIClient

from accounts.models import AccessToken

MADE = {"name": "harvester", "scopes": ["read"], "days": 30}


def test_a_token_made_on_the_page_works_is_shown_once_and_can_be_revoked(client, cast):
    client.force_login(cast.publisher)
    made = client.post("/accounts/tokens/", MADE)
    secret = re.search(r'<code dir="ltr">([0-9a-f]{40,})</code>', made.content.decode())[1]
    assert "no-store" in made.headers["Cache-Control"]
    machine = APIClient()
    machine.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert machine.get("/api/v1/matches/").status_code == 200
    page = client.get("/accounts/tokens/").content.decode()
    assert ("harvester" in page, secret in page, "Begins with" in page) == (True, False, True)
    kept = AccessToken.objects.get()
    assert client.post(f"/accounts/tokens/{kept.public_id}/revoke/").status_code == 302
    assert machine.get("/api/v1/matches/").status_code == 401


def test_nobody_sees_or_revokes_the_tokens_of_others(client, cast):
    kept, _ = AccessToken.objects.create(cast.publisher, name="theirs", scopes=["read"])
    client.force_login(cast.curator)
    assert "theirs" not in client.get("/accounts/tokens/").content.decode()
    assert client.post(f"/accounts/tokens/{kept.public_id}/revoke/").status_code == 404
    client.logout()
    for answer in (client.get("/accounts/tokens/"), client.post("/accounts/tokens/", MADE)):
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")
    assert AccessToken.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 81), ("scopes", ["all"]), ("scopes", []), ("days", 0), ("days", 400)],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, cast, field, value):
    client.force_login(cast.publisher)
    answer = client.post("/accounts/tokens/", {**MADE, field: value})
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert answer.context["form"]["days"].value() == str(value if field == "days" else 30)
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_however_many_tokens(client, cast, rows, django_assert_num_queries):
    client.force_login(cast.publisher)
    for _ in range(rows):
        AccessToken.objects.create(cast.publisher, name="t", scopes=["read"])
    with django_assert_num_queries(6):
        client.get("/accounts/tokens/")
