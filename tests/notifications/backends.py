"""Mail back ends that look around while they send."""

from datetime import timedelta

from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from notifications.models import LEASE, Email
from tests.factories import NOW


class InTransaction(BaseEmailBackend):
    """Note whether a transaction is open at the time of sending."""

    seen: list[bool] = []

    def send_messages(self, email_messages):
        self.seen.append(connection.in_atomic_block)
        return len(email_messages)


class OutlivesItsLease(BaseEmailBackend):
    """Take so long that another worker takes the e-mail over, then fail."""

    def send_messages(self, email_messages):
        for email in Email.objects.filter(claimed_at=NOW):
            assert Email.objects.claim(pk=email.pk, at=NOW + LEASE + timedelta(seconds=1))
        raise TimeoutError("no answer")
