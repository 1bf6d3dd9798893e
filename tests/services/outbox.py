"""What the processes of the outbox test do: `python -m tests.services.outbox fill COUNT | drain`."""

import sys
import time
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # models need django.setup() first
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from notifications.enums import EmailState  # noqa: E402
from notifications.models import Email  # noqa: E402
from notifications.services import deliver_due, notify  # noqa: E402

LATER = timedelta(days=36500)


def fill(count: str) -> None:
    """Tell many people of one event, and let all e-mails fall due together."""
    call_command("migrate", verbosity=0)
    people = User.objects.bulk_create([User(email=f"person{number}@example.org") for number in range(int(count))])
    told = notify(
        kind="matching.shortlisted",
        recipients=people,
        event_key="shortlisted",
        context={"demand": "Solar pumps", "title": "Pumps", "organisation": "Agency"},
        path="/notices/",
        at=timezone.now() + LATER,  # so that they do not leave one by one after commit
    )
    assert told == int(count)
    Email.objects.update(next_attempt_at=timezone.now())


def drain() -> None:
    """Sweep until nothing is left to send; print how many e-mails this process sent."""
    sent = 0
    while Email.objects.filter(state__in=(EmailState.QUEUED, EmailState.SENDING)).exists():
        swept = deliver_due(at=timezone.now())
        sent += swept
        if not swept:
            time.sleep(0.05)
    sys.stdout.write(f"{sent}\n")


if __name__ == "__main__":
    {"fill": fill, "drain": drain}[sys.argv[1]](*sys.argv[2:])
