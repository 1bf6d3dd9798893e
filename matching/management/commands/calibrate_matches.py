"""Learn from curators' decisions how probable a score makes an acceptance, and better weights if there are any."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import DomainError
from matching.services.learning import calibrate


class Command(BaseCommand):
    help = "Calibrate scores on curators' decisions, and publish learned weights if they are better."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version, candidate = calibrate(at=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        told = ", ".join(f"{reason or 'accepted'} {count}" for reason, count in candidate.reasons.items())
        self.stdout.write(f"{candidate.decisions} decisions teach something ({told}).")
        for name, (before, after) in (("nDCG@10", candidate.ndcg), ("calibration error", candidate.error)):
            self.stdout.write(
                f"{name} on demands held out: {before:.3f} with the weights so far, {after:.3f} with new ones"
            )
        if candidate.refused:
            self.stdout.write(f"The weights stay as they are: {candidate.refused}.")
        weights = ", ".join(f"{feature} {weight:.3f}" for feature, weight in version.weights.items())
        self.stdout.write(f"Version {version.pk} is in force: {weights}.")
