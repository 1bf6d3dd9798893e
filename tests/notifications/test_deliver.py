"""Sending the outbox: once each, later when the server fails, never by two at a time."""

import socket
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.db import transaction

from notifications import services, tasks
from notifications.enums import EmailState
from notifications.models import LEASE, Email
from notifications.services import delivery
from tests.factories import NOW, UserFactory
from tests.notifications.backends import InTransaction

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def no_server(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = free.getsockname()
        settings.EMAIL_USE_TLS = False
        yield  # bound but not listening: every connection is refused


@pytest.fixture
def email(tell):
    tell(UserFactory(email="awa@example.org", language="fr"), title="Épargne")
    return Email.objects.get()


def test_it_is_written_to_a_file(email, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    assert services.deliver(email_id=email.pk, at=NOW)
    [file] = settings.EMAIL_FILE_PATH.iterdir()
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert (message["To"], message["Subject"]) == ("awa@example.org", "Oui: Épargne")
    assert (message["Message-ID"], message["Auto-Submitted"]) == (email.message_id, "auto-generated")
    assert "dimanche, Épargne." in message.get_body(("plain",)).get_content()
    email.refresh_from_db()
    assert (email.state, email.sent_at, email.attempts, email.last_error) == (EmailState.SENT, NOW, 1, "")


def test_it_is_sent_once(email, server):
    assert services.deliver(email_id=email.pk, at=NOW)
    assert not services.deliver(email_id=email.pk, at=NOW + timedelta(days=1))
    assert services.deliver_due(at=NOW + timedelta(days=1)) == 0
    assert [message["To"] for message in server.received] == ["awa@example.org"]


def test_nothing_is_sent_before_its_time(email, server):
    assert not services.deliver(email_id=email.pk, at=NOW - SECOND)
    assert services.deliver_due(at=NOW - SECOND) == 0
    assert services.deliver_due(at=NOW) == 1
    assert len(server.received) == 1


def test_a_refusing_server_is_tried_less_and_less_and_then_no_more(email, no_server):
    waits = ["0:01:00", "0:05:00", "0:30:00", "2:00:00", "12:00:00"]
    at = NOW
    for attempt, wait in enumerate(waits, start=1):
        assert not services.deliver(email_id=email.pk, at=at)
        email.refresh_from_db()
        assert (email.state, email.attempts) == (EmailState.QUEUED, attempt)
        assert str(email.next_attempt_at - at) == wait
        assert "Connection refused" in email.last_error
        assert not services.deliver(email_id=email.pk, at=email.next_attempt_at - SECOND)
        at = email.next_attempt_at
    assert not services.deliver(email_id=email.pk, at=at)
    email.refresh_from_db()
    assert (email.state, email.attempts) == (EmailState.FAILED, 6)
    assert not Email.objects.due(at=at + timedelta(days=365)).exists()


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_busy_server_gets_the_same_message_later(email, server, verb):
    server.answers[verb] = "451 try again later"
    assert not services.deliver(email_id=email.pk, at=NOW)
    email.refresh_from_db()
    assert email.state == EmailState.QUEUED
    assert "451" in email.last_error
    server.answers.clear()
    server.received.clear()
    assert services.deliver(email_id=email.pk, at=email.next_attempt_at)
    assert [message["Message-ID"] for message in server.received] == [email.message_id]
    email.refresh_from_db()
    assert (email.state, email.last_error) == (EmailState.SENT, "")


def test_an_address_that_cannot_be_written_to_is_given_up_in_the_end(email, server):
    type(email.recipient).objects.update(email="two\nlines@example.org")
    at = NOW
    for _ in range(6):
        assert not services.deliver(email_id=email.pk, at=at)
        email.refresh_from_db()
        at = email.next_attempt_at
    assert email.state == EmailState.FAILED
    assert email.last_error.startswith("ValueError: ")
    assert server.received == []


def test_a_lost_workers_email_is_taken_over_when_its_lease_ends(email, server):
    assert Email.objects.claim(pk=email.pk, at=NOW)  # and the worker is never heard of again
    assert not services.deliver(email_id=email.pk, at=NOW + LEASE - SECOND)
    assert services.deliver(email_id=email.pk, at=NOW + LEASE)
    assert len(server.received) == 1
    email.refresh_from_db()
    assert (email.state, email.attempts) == (EmailState.SENT, 2)


def test_an_email_that_kills_every_worker_is_given_up(email, server):
    at = NOW
    for _ in range(6):
        assert Email.objects.claim(pk=email.pk, at=at)
        at += LEASE
    assert not services.deliver(email_id=email.pk, at=at)
    email.refresh_from_db()
    assert (email.state, email.last_error) == (EmailState.FAILED, "The worker was lost while sending.")
    assert server.received == []


def test_who_lost_the_lease_no_longer_writes_the_row(email, settings):
    settings.EMAIL_BACKEND = "tests.notifications.backends.OutlivesItsLease"
    assert not services.deliver(email_id=email.pk, at=NOW)
    email.refresh_from_db()
    assert (email.state, email.attempts, email.last_error) == (EmailState.SENDING, 2, "")
    assert email.claimed_at == NOW + LEASE + SECOND


def test_a_closed_account_is_not_written_to(email, server):
    email.recipient.is_active = False
    email.recipient.save()
    assert not services.deliver(email_id=email.pk, at=NOW)
    email.refresh_from_db()
    assert (email.state, email.last_error) == (EmailState.FAILED, "The recipient's account is not active.")
    assert server.received == []


def test_two_claims_one_winner(email):
    assert [Email.objects.claim(pk=email.pk, at=NOW) for _ in range(3)] == [True, False, False]


def test_four_workers_drain_one_outbox_once(at_once, tell, server):
    def fill():
        tell(*UserFactory.create_batch(12), at=NOW + timedelta(days=36500))  # so that it does not leave at once
        Email.objects.update(next_attempt_at=NOW)
        return set(Email.objects.values_list("message_id", flat=True))

    [written] = at_once(fill)
    assert server.received == []
    sent = at_once(*[lambda: services.deliver_due(at=NOW)] * 4)
    assert sum(sent) == 12
    assert len(server.received) == 12
    assert {message["Message-ID"] for message in server.received} == written


@pytest.mark.django_db(transaction=True)
def test_it_leaves_after_commit_and_outside_any_transaction(tell, settings):
    settings.EMAIL_BACKEND = "tests.notifications.backends.InTransaction"
    InTransaction.seen.clear()
    with transaction.atomic():
        tell(UserFactory())
        assert InTransaction.seen == []
    assert InTransaction.seen == [False]
    assert Email.objects.get().state == EmailState.SENT


def test_the_sweep_takes_the_longest_waiting_first(tell, server, monkeypatch):
    monkeypatch.setattr(delivery, "SWEEP", 2)
    late, early, middle = (UserFactory(email=f"{name}@example.org") for name in ("late", "early", "middle"))
    for person, minutes in ((late, 3), (early, 1), (middle, 2)):
        tell(person, key=person.email, at=NOW + timedelta(minutes=minutes))
    assert services.deliver_due(at=NOW + timedelta(hours=1)) == 2
    assert [message["To"] for message in server.received] == ["early@example.org", "middle@example.org"]


def test_tasks_take_arguments_of_a_newer_release(email, server, time_machine):
    tasks.deliver(email_id=email.pk, added_later=True)
    assert len(server.received) == 1
    tasks.deliver_due(added_later=True)
    assert len(server.received) == 1


def test_a_given_up_email_is_sent_again_by_a_curator(cast, email, server, django_capture_on_commit_callbacks):
    Email.objects.update(state=EmailState.FAILED, attempts=6, last_error="refused")
    with pytest.raises(services.RetryRefusedError):
        services.retry(email=email, by=cast.focal_point, at=NOW)
    with django_capture_on_commit_callbacks() as handed_over:
        services.retry(email=email, by=cast.curator, at=NOW)
    assert len(handed_over) == 1
    email.refresh_from_db()
    assert (email.state, email.attempts, email.next_attempt_at) == (EmailState.QUEUED, 0, NOW)
    with pytest.raises(services.NotGivenUpError):
        services.retry(email=email, by=cast.curator, at=NOW)
    assert services.deliver(email_id=email.pk, at=NOW)
    with pytest.raises(services.NotGivenUpError):
        services.retry(email=email, by=cast.curator, at=NOW)
    assert len(server.received) == 1
