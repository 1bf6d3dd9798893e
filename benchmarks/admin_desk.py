"""Be a desk with so many made-up matches, and answer with what each page takes: the process behind admin_list."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "ssc_platform.settings"
django.setup()

from django.core.cache import cache  # noqa: E402  # Django is set up first
from django.core.management import call_command  # noqa: E402  # Django is set up first
from django.db import connection, reset_queries, transaction  # noqa: E402  # Django is set up first
from django.test import Client  # noqa: E402  # Django is set up first
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402  # Django is set up first
from django.utils import timezone  # noqa: E402  # Django is set up first

from accounts.models import Organisation, User  # noqa: E402  # Django is set up first
from matching.engine.types import Config, Evidence, Hit, Reason  # noqa: E402  # Django is set up first
from matching.models import Match, RankingRun  # noqa: E402  # Django is set up first
from solutions.models import Demand, Entry, Solution  # noqa: E402  # Django is set up first
from taxonomy.models import Country, Language  # noqa: E402  # Django is set up first

A_DEMAND = 20
SUPPLIES = 2_000
STATES = ("proposed",) * 88 + ("shortlisted",) * 5 + ("introduced",) * 3 + ("dismissed",) * 4
TIMED = ("shortlisted", "introduced")
TEXT = "Women's groups water vegetable gardens with solar pumps that village technicians repair within two days. " * 12


def main() -> None:
    """Fill the database, then answer each line of input, the address of a page, with its seconds and queries."""
    call_command("migrate", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    setup_test_environment()
    fill(int(sys.argv[1]))
    reset_queries()
    browser = Client()
    browser.force_login(User.objects.create_superuser("operator@example.org", "a long enough password"))
    print("ready", flush=True)
    for line in sys.stdin:
        temperature, _, page = line.strip().rpartition(" ")
        if temperature:
            cache.clear()
        with CaptureQueriesContext(connection) as queries:
            begun = time.perf_counter()
            answer = browser.get(page)
            seconds = time.perf_counter() - begun
        assert answer.status_code == 200, (page, answer.status_code)
        print(json.dumps((seconds, len(queries))), flush=True)


@transaction.atomic
def fill(matches: int) -> None:
    """Make demands of many countries with twenty matches each, in several states, some overdue."""
    organisation = Organisation.objects.create(slug="o", name="Organisation", type="government", country_id="SEN")
    countries = list(Country.objects.order_by("pk").values_list("pk", flat=True))
    languages = list(Language.objects.order_by("pk").values_list("pk", flat=True))
    now = timezone.now()

    def entries(kind: str, number: int) -> list[Entry]:
        return Entry.objects.bulk_create(
            Entry(
                kind=kind, title=f"{kind} {place}: solar pumps for village gardens", summary=TEXT[:400], body=TEXT,
                organisation=organisation, country_id=countries[place % len(countries)], state="published",
                language_id=languages[place % len(languages)], published_at=now, confirmed_at=now,
            )
            for place in range(number)
        )  # fmt: skip

    demands, supplies = entries("demand", matches // A_DEMAND), entries("solution", SUPPLIES)
    for model, rows in ((Demand, demands), (Solution, supplies)):
        for entry in rows:
            model(
                entry_ptr=entry, **{f.attname: getattr(entry, f.attname) for f in Entry._meta.local_fields}
            ).save_base(raw=True)
    goals = Entry.goals.through
    goals.objects.bulk_create(goals(entry_id=entry.pk, goal_id=1 + entry.pk % 17) for entry in demands)
    run = RankingRun.objects.create(scope="everything", state="finished", engine_version="made up", finished_at=now)
    explanation = hit().to_dict()
    Match.objects.bulk_create(
        (_match(place, demands, supplies, run, explanation, now) for place in range(matches)), batch_size=2_000
    )


def _match(place: int, demands: list[Entry], supplies: list[Entry], run: RankingRun, explanation: dict, now) -> Match:  # type: ignore[no-untyped-def,type-arg]  # a made-up row
    demand, rank = divmod(place, A_DEMAND)
    score = 0.8 - 0.5 * rank / A_DEMAND
    state = STATES[(place * 7) % len(STATES)]
    due = now + timedelta(days=place % 4 - 2.5) if state in TIMED else None
    return Match(
        demand_id=demands[demand].pk, supply_id=supplies[(demand * 31 + rank * 97) % len(supplies)].pk, run=run,
        score=score, rank=rank + 1, band="strong" if score > 0.6 else "good" if score > 0.45 else "possible",
        explanation=explanation, state=state, due_at=due, introduced_at=now if state == "introduced" else None,
    )  # fmt: skip


def hit() -> Hit:
    """Return an explanation about as long as real ones are."""
    words = [(f"c:{n}", f"solar pump {n}", f"pompe solaire {n}") for n in range(25)]
    evidence = tuple(Evidence(key, ours, theirs, 0.02) for key, ours, theirs in words)
    weights = Config().weights
    reasons = tuple(Reason(name, weight, 0.6, evidence if name == "text" else ()) for name, weight in weights.items())
    return Hit("demand", "supply", reasons, missing=("demand.sectors", "supply.working_languages"), rank=1)


if __name__ == "__main__":
    main()
