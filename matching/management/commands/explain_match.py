"""Say in words why a supply is, or is not, proposed for a demand."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from core.errors import DomainError
from matching.engine.types import Exclusion
from matching.queries import entry_called
from matching.services.explaining import Labels, excluded_because, explain_pair, in_words
from solutions.models import Entry


class Command(BaseCommand):
    help = "Print the whole sum of a score in words, or what excludes the pair."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("demand", help="public id, or id at the source, of a demand")
        parser.add_argument("supply", help="the same of a solution or an offer")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _name in settings.LANGUAGES]
        )

    def handle(self, *args: Any, **options: Any) -> None:
        demand, supply = _entry(options["demand"]), _entry(options["supply"])
        with translation.override(options["language"]):
            try:
                answer = explain_pair(demand=demand, supply=supply, at=timezone.now())
            except DomainError as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{demand.title} ← {supply.title}")
            if isinstance(answer, Exclusion):
                self.stdout.write(excluded_because(answer, Labels()))
            else:
                self.stdout.write("\n".join(in_words(answer.to_dict(), Labels()).sentences))


def _entry(name: str) -> Entry:
    entry = entry_called(name)
    if entry is None:
        raise CommandError(f"Nothing is called {name!r}: give a public id, or the id at the source.")
    return entry
