"""Access tokens: made by hand, shown once, held to their scopes, gone when revoked or expired."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import AccessToken
from core.throttling import ScopeThrottle
from solutions.api import SolutionViewSet
from tests.factories import SolutionFactory

ASKED = {"name": "harvester", "scopes": ["read"], "days": 30}


def test_a_token_is_shown_once_and_kept_as_a_digest(caller, cast):
    person = caller("publisher")
    made = person.post("/api/v1/tokens/", ASKED, format="json")
    assert made.status_code == 201
    secret = made.json()["token"]
    kept = AccessToken.objects.get()
    assert secret not in str(kept.__dict__)
    assert (kept.name, kept.scopes, kept.expiry.date()) == (
        "harvester", ["read"], (timezone.now() + timedelta(days=30)).date(),
    )  # fmt: skip
    listed = person.get("/api/v1/tokens/").json()["results"]
    assert [set(row) for row in listed] == [set(made.json()) - {"token"}]
    assert caller("curator").get("/api/v1/tokens/").json()["results"] == []
    assert caller("curator").delete(f"/api/v1/tokens/{kept.public_id}/").status_code == 404
    client = caller("visitor")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert client.get("/api/v1/matches/").status_code == 200
    assert person.delete(f"/api/v1/tokens/{kept.public_id}/").status_code == 204
    assert client.get("/api/v1/matches/").status_code == 401


@pytest.mark.parametrize(
    ("scopes", "read", "write"), [(("read",), 200, 403), (("write",), 403, 404), (("match",), 403, 403)]
)
def test_a_token_opens_what_its_scopes_say(caller, cast, scopes, read, write):
    client = caller("publisher", *scopes)
    assert client.get("/api/v1/matches/").status_code == read
    assert client.post("/api/v1/solutions/000000000000/submit/", {}, format="json").status_code == write


def test_a_token_makes_no_tokens(caller, cast):
    client = caller("publisher", "read", "write")
    assert client.post("/api/v1/tokens/", ASKED, format="json").status_code == 403
    assert client.get("/api/v1/tokens/").status_code == 403
    assert caller("visitor").get("/api/v1/tokens/").status_code == 401


@pytest.mark.parametrize("given", ["Bearer", "Bearer nonsense", "Bearer a b", "Bearer \xff\xfe", "expired", "inactive"])
def test_a_bad_token_is_answered_by_401(caller, cast, given):
    client = caller("publisher", "read")
    if given == "expired":
        AccessToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    elif given == "inactive":
        cast.publisher.is_active = False
        cast.publisher.save()
    else:
        client.credentials(HTTP_AUTHORIZATION=given)
    answer = client.get("/api/v1/solutions/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"name": ""}, "name"), ({"scopes": ["all"]}, "scopes/0"), ({"scopes": []}, "scopes"), ({"days": 400}, "days")],
)
def test_a_token_without_sense_is_refused(caller, cast, change, pointer):
    answer = caller("publisher").post("/api/v1/tokens/", {**ASKED, **change}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"#/{pointer}")
    assert not AccessToken.objects.exists()


def test_calls_are_limited_by_scope_and_every_answer_says_what_is_left(caller, cast, monkeypatch):
    cache.clear()
    monkeypatch.setattr(ScopeThrottle, "THROTTLE_RATES", {"anon": "2/min", "user": "3/min"})
    monkeypatch.setattr(SolutionViewSet, "throttle_classes", [ScopeThrottle])
    SolutionFactory(organisation=cast.agency)
    visitor, person = caller("visitor"), caller("publisher")
    answers = [visitor.get("/api/v1/solutions/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"anon";q=2;w=60'
    assert answers[0].headers["RateLimit"].startswith('"anon";r=1;t=')
    assert answers[2].headers["RateLimit"].startswith('"anon";r=0;t=')
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert person.get("/api/v1/solutions/").headers["RateLimit-Policy"] == '"user";q=3;w=60'
    cache.clear()
