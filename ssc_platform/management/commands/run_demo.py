"""Set everything up with the demonstration catalogue, rank it, print the matches, and serve the site."""

from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from matching.models import Match, RankingRun
from matching.services.explaining import Labels, in_words
from notifications.models import Email
from solutions.models import Entry
from ssc_platform import demo

SHOWN = 3


class Command(BaseCommand):
    help = (
        "Make the database, load the reference data and the demonstration catalogue, rank every demand with the "
        "worker's task, print the best matches with scores and reasons, and serve the site. Safe to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--address", default="127.0.0.1:8000", help="where to serve (%(default)s); SITE_URL says where links lead"
        )
        parser.add_argument("--no-serve", action="store_true", help="stop before serving")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demonstration makes log-ins and prints their passwords: it runs with DEBUG=1 only.")
        at = timezone.now()
        self._say("Database")
        call_command("migrate", verbosity=0, interactive=False)
        self._say("Reference data")
        call_command("load_taxonomy", stdout=self.stdout)
        self._say("Demonstration catalogue")
        demo.load_organisations(at=at)
        demo.make_people()
        for name, report in demo.load_entries(at=at):
            self.stdout.write(
                f"{name}: {report.created} new, {report.updated} changed, {report.unchanged} as they were"
            )
        demo.load_translations(at=at)
        demo.load_collections()
        self._say("Ranking")
        current_app.tasks["matching.rank_everything"].apply(throw=True)
        self._print_matches()
        self._print_run()
        self._say("Open archive")
        current_app.tasks["solutions.write_archive"].apply(throw=True)
        self.stdout.write(f"written to {settings.ARCHIVE_DIR}")
        self._say("Log-ins (new passwords each time)")
        for login in demo.make_logins():
            self.stdout.write(f"{login.role.value:12} {login.email:28} {login.password:14} {login.organisation}")
        if not options["no_serve"]:
            self._say(f"Serving on http://{options['address']} (stop with Ctrl+C)")
            call_command("runserver", options["address"], use_reloader=False, skip_checks=True)

    def _say(self, title: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"\n== {title}"))
        self.stdout.flush()

    def _print_matches(self) -> None:
        labels = Labels()
        demands = Entry.objects.demands().live().select_related("country").order_by("source_id", "pk")
        matches: dict[int, list[Match]] = {}
        for match in Match.objects.open().select_related("supply").filter(rank__lte=SHOWN).best_first():
            matches.setdefault(match.demand_id, []).append(match)
        for demand in demands:
            self.stdout.write(self.style.SUCCESS(f"\n{demand.title} [{demand.language_id}, {demand.country_id}]"))
            for match in matches.get(demand.pk, []):
                supply = match.supply
                where = f"{supply.kind}, {supply.language_id}, {supply.country_id or 'global'}"
                self.stdout.write(f"  {match.rank}. {100 * match.score:.0f} points  {supply.title} [{where}]")
                for line in in_words(match.explanation, labels).lines:
                    self.stdout.write(f"       {line.points:5.1f}  {line.feature}: {line.words}")
            if demand.pk not in matches:
                self.stdout.write("  nothing above the threshold yet")

    def _print_run(self) -> None:
        run = RankingRun.objects.latest("pk")
        self.stdout.write(
            f"\n{run.demand_count} demands against {run.supply_count} supplies; "
            f"{Match.objects.open().count()} open matches; {Email.objects.count()} e-mails, "
            f"written to {settings.EMAIL_FILE_PATH}."
        )
