"""Take in e-mails that came back: mail to the dead address is switched off."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.models import Email
from notifications.services import record_bounce, record_returned_message


class Command(BaseCommand):
    """Read one returned message from standard input, or name the lost e-mail.

    A mail server pipes each returned message here; a script that a mail provider calls names the Message-ID.
    """

    help = "Switch mail off for an address that an e-mail came back from for good (see docs/operations.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--message-id", help="the Message-ID of the lost e-mail; without it, standard input is read"
        )
        parser.add_argument("--reason", default="", help="what the mail server said; goes with --message-id")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["message_id"]:
            email = Email.objects.filter(message_id=f"<{options['message_id'].strip('<>')}>").first()
            if email is None:
                raise CommandError("No e-mail was sent with that Message-ID.")
            recorded: bool | None = record_bounce(email=email, reason=options["reason"], at=timezone.now())
        else:
            recorded = record_returned_message(raw=sys.stdin.buffer.read(), at=timezone.now())
        if recorded is None:
            self.stdout.write("This message does not say that an e-mail of this site is lost for good: nothing done.")
        elif recorded:
            self.stdout.write("Mail to that address is switched off, and a notice says so.")
        else:
            self.stdout.write("Mail to that address was off already, or the person has another one by now.")
