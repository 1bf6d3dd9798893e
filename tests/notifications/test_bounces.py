"""E-mails that come back switch mail off, with a notice in the application; lifting takes it up again."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from notifications import services
from notifications.enums import EmailState, Frequency
from notifications.models import Bounce, Email, Notice
from tests.factories import NOW

pytestmark = pytest.mark.django_db

REPORT = """From: MAILER-DAEMON@mx.example.org
To: noreply@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your message.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; awa@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1
 no such mailbox

--b
Content-Type: {returned}

Message-ID: {message_id}
Subject: whatever

{body}
--b--
"""


@pytest.fixture
def sent(cast, tell):
    """An e-mail to the focal point that the mail server took."""
    tell(cast.focal_point)
    Email.objects.update(state=EmailState.SENT, sent_at=NOW, address=cast.focal_point.email)
    return Email.objects.get()


def report(email, action="failed", status="5.1.1", returned="message/rfc822", message_id=None):
    text = REPORT.format(
        action=action, status=status, returned=returned, message_id=message_id or email.message_id, body="words"
    )
    return text.encode()


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_returned_message_switches_mail_off_with_a_notice(cast, sent, returned, tell, client):
    assert services.record_returned_message(raw=report(sent, returned=returned), at=NOW) is True
    bounce = Bounce.objects.get()
    assert (bounce.recipient, bounce.address) == (cast.focal_point, cast.focal_point.email)
    assert bounce.reason == "smtp; 550 5.1.1 no such mailbox"
    notice = Notice.objects.get(kind="notifications.mail_switched_off")
    assert (notice.recipient, notice.email) == (cast.focal_point, None)
    assert services.record_returned_message(raw=report(sent), at=NOW + timedelta(hours=1)) is False
    assert (Bounce.objects.count(), Notice.objects.count()) == (1, 2)
    # What happens from now on stands in the application only.
    assert tell(cast.focal_point, key="2") == 1
    assert services.send_digests(frequency=Frequency.DAILY, at=NOW) == 0
    assert Email.objects.count() == 1
    client.force_login(cast.focal_point)
    assert "smtp; 550 5.1.1 no such mailbox" in client.get(reverse("notice-settings")).content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "delayed", "status": "4.4.1"},
        {"action": "failed", "status": "4.2.2"},
        {"action": "delivered", "status": "5.0.0"},
        {"message_id": "<forged@example.org>"},
        {"returned": "text/plain"},
    ],
)
def test_other_messages_count_for_nothing(sent, changes):
    assert services.record_returned_message(raw=report(sent, **changes), at=NOW) is None
    assert not Bounce.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"Subject: hello\n\nI am on leave.", report(Email())[:400]])
def test_nonsense_counts_for_nothing(raw, db):
    assert services.record_returned_message(raw=raw, at=NOW) is None
    assert not Bounce.objects.exists()


def test_an_address_given_up_long_ago_does_not_switch_the_new_one_off(cast, sent, tell):
    cast.focal_point.email = "new@example.org"
    cast.focal_point.save()
    assert services.record_returned_message(raw=report(sent), at=NOW) is False
    tell(cast.focal_point, key="2")
    assert Email.objects.filter(state=EmailState.QUEUED).count() == 1


def test_a_new_address_is_written_to(cast, sent, tell):
    assert services.record_bounce(email=sent, reason="gone", at=NOW)
    cast.focal_point.email = "NEW@example.org"
    cast.focal_point.save()
    tell(cast.focal_point, key="2")
    assert Email.objects.filter(state=EmailState.QUEUED).count() == 1


def test_lifting_brings_what_was_missed(cast, client, sent, tell):
    services.record_bounce(email=sent, reason="gone", at=NOW)
    tell(cast.focal_point, key="2")
    client.force_login(cast.colleague)
    client.post(reverse("mail-again"))
    assert services.send_digests(frequency=Frequency.DAILY, at=NOW) == 0
    client.force_login(cast.focal_point)
    assert client.get(reverse("mail-again")).status_code == 405
    assert client.post(reverse("mail-again"))["Location"] == reverse("notice-settings")
    assert services.send_digests(frequency=Frequency.DAILY, at=NOW) == 1
    assert Email.objects.get(scope="daily").notices.filter(dedup_key="2").exists()
    assert services.record_bounce(email=sent, reason="gone again", at=NOW + timedelta(days=1))


def test_what_is_queued_when_mail_is_switched_off_does_not_leave(cast, sent, tell):
    tell(cast.focal_point, key="2", at=NOW)
    queued = Email.objects.get(state=EmailState.QUEUED)
    services.record_bounce(email=sent, reason="gone", at=NOW)
    assert not services.deliver(email_id=queued.pk, at=NOW)
    queued.refresh_from_db()
    assert queued.state == EmailState.FAILED
    assert "switched off" in queued.why_not_sent(at=NOW)


@pytest.mark.parametrize(
    ("answer", "state", "bounced"),
    [
        ("550 5.1.1 no such mailbox", EmailState.FAILED, True),
        ("550 5.7.1 not from you", EmailState.QUEUED, False),
        ("450 5.1.1 not now", EmailState.QUEUED, False),
    ],
)
def test_an_address_refused_while_we_speak(cast, tell, server, answer, state, bounced):
    tell(cast.focal_point)
    email = Email.objects.get()
    server.answers["RCPT"] = answer
    assert not services.deliver(email_id=email.pk, at=NOW)
    email.refresh_from_db()
    assert email.state == state
    assert Bounce.objects.exists() is bounced
    assert answer.split()[1] in email.last_error


def run(monkeypatch, raw=b"", **options):
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    call_command("record_bounce", stdout=out, **options)
    return out.getvalue()


def test_the_command_reads_a_message_or_takes_a_message_id(sent, monkeypatch):
    assert "nothing done" in run(monkeypatch, b"Subject: hello\n\nwords")
    assert "is switched off" in run(monkeypatch, report(sent))
    assert "off already" in run(monkeypatch, report(sent))
    Bounce.objects.all().delete()
    assert "is switched off" in run(monkeypatch, message_id=sent.message_id.strip("<>"), reason="hard bounce")
    assert Bounce.objects.get().reason == "hard bounce"
    with pytest.raises(CommandError):
        run(monkeypatch, message_id="unknown@example.org")


def test_curators_see_and_lift_bounces(cast, client, sent):
    services.record_bounce(email=sent, reason="gone", at=NOW)
    page = reverse("admin:notifications_bounce_changelist")
    client.force_login(cast.focal_point)
    assert client.get(page, follow=True).status_code == 403
    client.force_login(cast.curator)
    assert client.get(page).context["cl"].result_count == 1
    client.post(page, {"action": "lift", "_selected_action": [Bounce.objects.get().pk]})
    assert Bounce.objects.get().lifted_at is not None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "Waits for a worker since"),
        ({"next_attempt_at": NOW + timedelta(hours=1)}, "Due at"),
        ({"last_error": "451 busy", "attempts": 2}, "Attempt 2 failed: 451 busy. The next one is at"),
        ({"last_error": "451 busy", "attempts": 0}, "Waits for a worker since"),  # sent again by a curator
        ({"state": "sending", "claimed_at": NOW}, "With a worker since"),
        ({"state": "failed", "attempts": 6, "last_error": "554 no"}, "Given up after 6 attempts: 554 no"),
        ({"state": "sent"}, ""),
    ],
)
def test_the_outbox_says_why_an_email_has_not_gone(cast, client, sent, changes, why, time_machine):
    time_machine.move_to(NOW)
    Email.objects.update(**{"state": "queued", "next_attempt_at": NOW, **changes})
    client.force_login(cast.curator)
    page = client.get(reverse("admin:notifications_email_changelist"))
    assert Email.objects.get().why_not_sent(at=NOW).startswith(why)
    assert why in page.content.decode()
