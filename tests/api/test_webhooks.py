"""Webhooks over the API: kept by those who manage them, the secret shown once, the log for their eyes."""

import pytest

from notifications.enums import EmailState
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.services import announce
from tests.factories import NOW
from tests.notifications.receiver import receiver

ADDRESS = "/api/v1/webhooks/"
KIND = "matching.new_matches"


@pytest.fixture
def server(settings):
    """A receiver on this machine, which only these settings let webhooks reach."""
    settings.DEBUG = True
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiver() as server:
        yield server


def added(client, server, home, *, key="", **fields):
    headers = {"idempotency-key": key} if key else {}
    body = {"organisation": home.slug, "url": server.url, **fields}
    return client.post(ADDRESS, body, format="json", headers=headers)


@pytest.fixture
def endpoint(cast, server):
    return WebhookEndpoint.objects.create(organisation=cast.agency, url=server.url, created_at=NOW)


def test_a_webhook_is_added_changed_and_taken_away_and_its_secret_shown_once(caller, cast, server):
    client = caller("publisher", "read", "write")
    made = added(client, server, cast.agency, kinds=[KIND])
    assert made.status_code == 201
    endpoint = WebhookEndpoint.objects.get()
    assert (made.json()["secret"], made.json()["kinds"]) == (endpoint.secret, [KIND])
    assert (endpoint.organisation, endpoint.created_by) == (cast.agency, cast.publisher)
    address = f"{ADDRESS}{endpoint.public_id}/"
    assert made.headers["Location"] == address
    shown = client.get(address)
    assert shown.json() == {name: value for name, value in made.json().items() if name != "secret"}
    assert client.get(ADDRESS).json()["results"] == [shown.json()]
    etag = {"if-match": shown.headers["ETag"]}
    assert client.patch(address, {"kinds": []}, format="json").status_code == 428
    changed = client.patch(address, {"kinds": []}, format="json", headers=etag)
    assert (changed.status_code, changed.json()["kinds"], changed.json()["url"]) == (200, [], server.url)
    assert client.patch(address, {"url": server.url}, format="json", headers=etag).status_code == 412
    secret = client.post(f"{address}secret/", {}, format="json").json()["secret"]
    assert secret != made.json()["secret"]
    assert secret == WebhookEndpoint.objects.get().secret
    assert client.delete(address).status_code == 204
    assert client.get(ADDRESS).json()["results"] == []
    for verb in ("get", "delete", "patch"):
        assert getattr(client, verb)(address).status_code == 404
    assert client.post(f"{address}test/", {}, format="json").status_code == 404
    assert WebhookEndpoint.objects.get().off_at is not None


def test_adding_under_one_key_happens_once(caller, cast, server):
    client = caller("publisher")
    first, again = (added(client, server, cast.agency, key="hook-1") for _ in range(2))
    assert first.json() == again.json()
    assert WebhookEndpoint.objects.count() == 1


def test_a_test_message_goes_out_and_the_log_tells_what_became_of_it(
    caller, cast, server, endpoint, django_capture_on_commit_callbacks
):
    client = caller("publisher")
    address = f"{ADDRESS}{endpoint.public_id}/"
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{address}test/", {}, format="json").status_code == 202
    [(_path, headers, _body)] = server.received
    [sent] = client.get(f"{address}deliveries/").json()["results"]
    assert (sent["message_id"], sent["kind"], sent["state"]) == (headers["webhook-id"], "webhook.test", "sent")
    retry = f"{address}deliveries/{sent['message_id']}/retry/"
    refused = client.post(retry, {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_refused")
    WebhookDelivery.objects.update(state=EmailState.FAILED)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(retry, {}, format="json").status_code == 202
    assert len(server.received) == 2
    assert client.delete(address).status_code == 204
    assert len(client.get(f"{address}deliveries/").json()["results"]) == 1


READERS = {
    "publisher": True, "curator": False, "focal_point": False, "observer": False, "outsider": False,
    "unverified_member": False,
}  # fmt: skip


@pytest.mark.parametrize("person", READERS)
def test_only_those_who_manage_webhooks_of_the_organisation_reach_them(caller, cast, endpoint, server, person):
    client, mine = caller(person), READERS[person]
    address = f"{ADDRESS}{endpoint.public_id}/"
    announce(organisation_id=cast.agency.pk, kind=KIND, event_key="1", context={}, path="/", at=NOW)
    message = WebhookDelivery.objects.get().message_id
    calls = {
        "get": ["", "deliveries/"],
        "post": ["test/", "secret/", f"deliveries/{message}/retry/"],
        "patch": [""],
        "delete": [""],
    }
    assert len(client.get(ADDRESS).json()["results"]) == (1 if mine else 0)
    for verb, paths in calls.items():
        for path in paths:
            answer = getattr(client, verb)(f"{address}{path}", {}, format="json", headers={"if-match": "*"})
            assert (answer.status_code != 404) is mine, (verb, path)
    refused = added(client, server, cast.agency)
    assert refused.status_code == (201 if mine else 409)
    if not mine:
        assert refused.json()["errors"][0]["pointer"] == "#/organisation"
        endpoint.refresh_from_db()
        assert (endpoint.off_at, endpoint.version) == (None, 1)
        assert WebhookEndpoint.objects.count() == 1


def test_visitors_and_tokens_of_another_scope_are_refused(caller, cast, endpoint, server):
    assert caller("visitor").get(ADDRESS).status_code == 401
    assert added(caller("publisher", "read"), server, cast.agency).status_code == 403


@pytest.mark.parametrize(
    ("fields", "pointer", "status"),
    [
        ({"url": "ftp://a"}, "url", 409),
        ({"url": "https://10.0.0.1/"}, "url", 409),
        ({"url": "x" * 501}, "url", 400),
        ({"url": ["a"]}, "url", 400),
        ({"kinds": ["no.such"]}, "kinds", 409),
        ({"kinds": ["notifications.mail_switched_off"]}, "kinds", 409),
        ({"kinds": "all"}, "kinds", 400),
        ({"organisation": "nobody"}, "organisation", 409),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(caller, cast, server, settings, fields, pointer, status):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = "10.0" not in str(fields)
    answer = added(caller("publisher"), server, cast.agency, **fields)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, f"#/{pointer}")
    assert not WebhookEndpoint.objects.exists()
