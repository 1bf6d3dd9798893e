"""Machine notice: signed, once for each event, retried, and never into a private network."""

import json
import shutil
import socket
import subprocess
import time
from datetime import timedelta
from threading import Barrier

import pytest

from notifications import tasks
from notifications.enums import EmailState
from notifications.models import LEASE, WebhookDelivery, WebhookEndpoint
from notifications.services import announce, posting, webhooks
from notifications.services.posting import AddressRefusedError, post, resolved
from notifications.services.webhooks import WebhookRefusedError, signature
from tests.factories import NOW
from tests.notifications.receiver import receiver

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def server(settings):
    """A receiver on this machine, which only these settings let webhooks reach."""
    settings.DEBUG = True
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiver() as server:
        yield server


@pytest.fixture
def endpoint(cast, server):
    return webhooks.add_webhook(organisation=cast.agency, url=server.url, kinds=[], by=cast.publisher, at=NOW)


def happened(organisation, key="1", kind="test.event"):
    return announce(
        organisation_id=organisation.pk, kind=kind, event_key=key, context={"title": "Été"}, path="/things/1/", at=NOW
    )


@pytest.fixture
def delivery(cast, endpoint):
    assert happened(cast.agency) == 1
    return WebhookDelivery.objects.get()


def test_the_signature_is_that_of_the_specification():
    assert signature(
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    ) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="  # fmt: skip


def test_a_message_arrives_signed_once(delivery, endpoint, server):
    assert webhooks.deliver_webhook(delivery_id=delivery.pk, at=NOW + SECOND)
    assert not webhooks.deliver_webhook(delivery_id=delivery.pk, at=NOW + timedelta(days=1))
    assert webhooks.deliver_webhooks_due(at=NOW + timedelta(days=1)) == 0
    [(path, headers, body)] = server.received
    assert path == "/hook?from=ssc"
    assert headers["Host"] == f"127.0.0.1:{server.port}"
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-id"] == delivery.message_id
    timestamp = int((NOW + SECOND).timestamp())
    assert headers["webhook-timestamp"] == str(timestamp)
    assert headers["webhook-signature"] == signature(
        secret=endpoint.secret, message_id=delivery.message_id, timestamp=timestamp, body=body
    )
    assert json.loads(body) == {
        "type": "test.event",
        "timestamp": NOW.isoformat(),
        "data": {"title": "Été", "url": "http://127.0.0.1:8000/things/1/"},
    }
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status_code, delivery.attempts) == (EmailState.SENT, 204, 1)


def test_who_is_told_of_what(cast, server):
    def add(organisation, by, *kinds):
        return webhooks.add_webhook(organisation=organisation, url=server.url, kinds=kinds, by=by, at=NOW)

    everything = add(cast.agency, cast.publisher)
    add(cast.agency, cast.publisher, "matching.new_matches")
    add(cast.ministry, cast.focal_point)
    off = add(cast.agency, cast.publisher)
    webhooks.switch_webhook_off(endpoint=off, by=cast.curator, at=NOW)
    assert happened(cast.agency) == 1
    assert happened(cast.agency) == 0
    assert happened(cast.agency, key="2") == 1
    assert set(WebhookDelivery.objects.values_list("endpoint", flat=True)) == {everything.pk}
    with pytest.raises(LookupError):
        happened(cast.agency, kind="test.unheard")


def test_it_leaves_after_commit(cast, endpoint, server, django_capture_on_commit_callbacks, time_machine):
    time_machine.move_to(NOW)
    with django_capture_on_commit_callbacks(execute=True):
        happened(cast.agency)
        assert server.received == []
    assert len(server.received) == 1


def test_a_failing_receiver_is_tried_less_and_less_and_then_no_more(delivery, server):
    server.status, at, ids = 500, NOW, set()
    for wait in webhooks.BACKOFF:
        assert not webhooks.deliver_webhook(delivery_id=delivery.pk, at=at)
        delivery.refresh_from_db()
        assert (delivery.state, delivery.next_attempt_at) == (EmailState.QUEUED, at + wait)
        assert (delivery.status_code, delivery.last_error) == (500, "The receiver answered 500.")
        assert not webhooks.deliver_webhook(delivery_id=delivery.pk, at=delivery.next_attempt_at - SECOND)
        at = delivery.next_attempt_at
    assert not webhooks.deliver_webhook(delivery_id=delivery.pk, at=at)
    delivery.refresh_from_db()
    assert delivery.state == EmailState.FAILED
    assert webhooks.deliver_webhooks_due(at=at + timedelta(days=365)) == 0
    ids = {headers["webhook-id"] for _, headers, _ in server.received}
    stamps = {headers["webhook-timestamp"] for _, headers, _ in server.received}
    assert (len(ids), len(stamps), len(server.received)) == (1, 10, 10)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirections_are_not_followed(delivery, server, status):
    server.status = status
    assert not webhooks.deliver_webhook(delivery_id=delivery.pk, at=NOW)
    delivery.refresh_from_db()
    assert delivery.last_error == f"The receiver answered {status}."
    assert len(server.received) == 1


def test_gone_switches_it_off(cast, delivery, endpoint, server):
    server.status = 410
    assert not webhooks.deliver_webhook(delivery_id=delivery.pk, at=NOW)
    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert (delivery.state, endpoint.off_at) == (EmailState.FAILED, NOW)
    assert happened(cast.agency, key="2") == 0


def test_what_is_queued_for_a_webhook_switched_off_stays(cast, delivery, endpoint, server):
    webhooks.switch_webhook_off(endpoint=endpoint, by=cast.publisher, at=NOW)
    assert not webhooks.deliver_webhook(delivery_id=delivery.pk, at=NOW)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error) == (EmailState.FAILED, "The webhook is switched off.")
    assert server.received == []


def test_a_lost_workers_message_is_taken_over(delivery, server):
    assert WebhookDelivery.objects.claim(pk=delivery.pk, at=NOW)
    assert not webhooks.deliver_webhook(delivery_id=delivery.pk, at=NOW + LEASE - SECOND)
    assert webhooks.deliver_webhooks_due(at=NOW + LEASE) == 1
    assert len(server.received) == 1


def test_tasks_take_arguments_of_a_newer_release(cast, delivery, server):
    tasks.deliver_webhook(delivery_id=delivery.pk, added_later=True)
    happened(cast.agency, key="2")
    tasks.deliver_webhooks_due(added_later=True)
    assert len(server.received) == 2


def test_a_trickling_answer_is_cut_off(delivery, server, monkeypatch):
    monkeypatch.setattr(posting, "TOTAL_TIMEOUT", 0.5)
    server.trickle = True
    started = time.monotonic()
    assert not webhooks.deliver_webhook(delivery_id=delivery.pk, at=NOW)
    assert time.monotonic() - started < 5
    delivery.refresh_from_db()
    assert delivery.state == EmailState.QUEUED
    assert delivery.last_error


def test_a_silent_receiver_is_given_up_in_time(delivery, monkeypatch, settings):
    monkeypatch.setattr(posting, "STEP_TIMEOUT", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        WebhookEndpoint.objects.update(url=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        assert not webhooks.deliver_webhook(delivery_id=delivery.pk, at=NOW)
    delivery.refresh_from_db()
    assert delivery.last_error == "TimeoutError: timed out"


# Where it may lead

PRIVATE = [
    "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "10.0.0.8", "172.16.3.4", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fc00::1]",
    "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_refused_after_the_name_is_resolved(cast, host):
    url = f"https://{host}/hook"
    with pytest.raises(AddressRefusedError):
        webhooks.add_webhook(organisation=cast.agency, url=url, kinds=[], by=cast.publisher, at=NOW)
    with pytest.raises(AddressRefusedError):
        post(url, body=b"{}", headers={})
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("host", ["1.1.1.1", "[2606:4700:4700::1111]"])
def test_public_addresses_are_taken(host):
    assert resolved(f"https://{host}/hook") == host.strip("[]")


@pytest.mark.parametrize(
    "url",
    [
        "http://1.1.1.1/hook", "ftp://1.1.1.1/", "https://", "https:///path", "//1.1.1.1/", "", "hook",
        "https://user:password@1.1.1.1/", "https://user@1.1.1.1/", "https://1.1.1.1:99999/", "https://1.1.1.1:0/",
        "https://[::1/", "https://1.1.1.1/a b", "https://1.1.1.1/\r\nX: y", "https://no-such-name.invalid/",
        "file:///etc/passwd", "https://éxample.org/",
    ],
)  # fmt: skip
def test_what_is_no_safe_web_address_is_refused(cast, url):
    with pytest.raises(AddressRefusedError):
        webhooks.add_webhook(organisation=cast.agency, url=url, kinds=[], by=cast.publisher, at=NOW)


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
    with pytest.raises(AddressRefusedError):
        post("https://hooks.example.org/", body=b"{}", headers={})


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch, server):
    answers = ["127.0.0.1", "10.255.255.1"]  # the name means something else the second time

    def rebinding(host, port, *_args, **_options):
        assert host == "hooks.example.org"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **o: (real if host == "127.0.0.1" else rebinding)(host, *rest, **o)
    )
    assert post(f"http://hooks.example.org:{server.port}/hook", body=b"{}", headers={}) == 204
    assert answers == ["10.255.255.1"]
    assert server.received[0][1]["Host"] == f"hooks.example.org:{server.port}"


def test_a_webhook_that_moved_into_a_private_network_gets_nothing(delivery, server, settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    assert not webhooks.deliver_webhook(delivery_id=delivery.pk, at=NOW)
    delivery.refresh_from_db()
    assert delivery.last_error == "AddressRefusedError: This address leads into a private network."
    assert server.received == []


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_certificates_are_checked_against_the_name(monkeypatch, settings, tmp_path):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    with receiver(cert, key) as server:
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            post(f"https://localhost:{server.port}/", body=b"{}", headers={})
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        assert post(f"https://localhost:{server.port}/", body=b"{}", headers={}) == 204
        with pytest.raises(OSError, match="mismatch"):
            post(f"https://127.0.0.1:{server.port}/", body=b"{}", headers={})
        assert len(server.received) == 1


# Who may do what

MANAGERS = {"focal_point", "colleague", "curator"}


@pytest.mark.parametrize(
    "who", ["focal_point", "colleague", "observer", "publisher", "outsider", "unverified_member", "curator"]
)
def test_who_manages_the_webhooks_of_an_organisation(cast, server, who):
    person = getattr(cast, who)
    existing = WebhookEndpoint.objects.create(organisation=cast.ministry, url=server.url)
    queued = WebhookDelivery.objects.create(endpoint=existing, dedup_key="1", kind="test.event", state="failed")
    acts = [
        lambda: webhooks.add_webhook(organisation=cast.ministry, url=server.url, kinds=[], by=person, at=NOW),
        lambda: webhooks.send_test(endpoint=existing, by=person, at=NOW),
        lambda: webhooks.renew_secret(endpoint=existing, by=person),
        lambda: webhooks.retry_webhook(delivery=queued, by=person, at=NOW),
        lambda: webhooks.switch_webhook_off(endpoint=existing, by=person, at=NOW),
    ]
    for act in acts:
        if who in MANAGERS:
            act()
        else:
            with pytest.raises(WebhookRefusedError):
                act()
    assert (WebhookEndpoint.objects.get(pk=existing.pk).off_at is not None) == (who in MANAGERS)
    assert WebhookEndpoint.objects.count() == (2 if who in MANAGERS else 1)


def test_two_at_once_stay_within_the_limit(transactional_db, cast, at_once, monkeypatch):
    monkeypatch.setattr(webhooks, "ENDPOINTS_MAX", 1)
    together = Barrier(2)

    def add():
        together.wait(30)
        try:
            said = {"organisation": cast.agency, "kinds": [], "by": cast.publisher, "at": NOW}
            webhooks.add_webhook(url="https://1.1.1.1/hook", **said)
        except WebhookRefusedError:
            return "refused"
        return "added"

    assert sorted(at_once(add, add)) == ["added", "refused"]


def test_an_organisation_has_enough_at_some_time(cast, server, monkeypatch):
    monkeypatch.setattr(webhooks, "ENDPOINTS_MAX", 1)
    webhooks.add_webhook(organisation=cast.agency, url=server.url, kinds=[], by=cast.publisher, at=NOW)
    with pytest.raises(WebhookRefusedError):
        webhooks.add_webhook(organisation=cast.agency, url=server.url, kinds=[], by=cast.publisher, at=NOW)
