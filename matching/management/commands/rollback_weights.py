"""Take the learned weights in force back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import DomainError
from matching.services.learning import roll_back


class Command(BaseCommand):
    help = "Return to the weights and the calibration before the last version, in the end to the shipped ones."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = roll_back(at=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Version {version.pk} is in force." if version else "The shipped weights are in force.")
