"""A run over everything on real workers: python -m benchmarks.fullrun --postgres URL --redis URL --supplies 10000

Makes a database of its own on the server, fills it with a made catalogue, and ranks it with one worker and with two;
then writes the same matches by COPY and by bulk_create(update_conflicts=True), in turn.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg

from benchmarks import corpusmaker, measuring
from matching.engine.types import Profile

ROOT = Path(__file__).resolve().parent.parent
BATCH = 400  # matches of a batch of demands
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--postgres", required=True, help="URL of a server on which a database may be made")
    options.add_argument("--redis", required=True, help="URL of a Redis database that may be emptied")
    options.add_argument("--supplies", type=int, default=10_000)
    options.add_argument("--demands", type=int, default=1_000)
    options.add_argument("--rounds", type=int, default=2)
    chosen = options.parse_args()
    name = f"ssc_bench_{secrets.token_hex(4)}"
    with psycopg.connect(chosen.postgres, autocommit=True) as server, tempfile.TemporaryDirectory() as folder:
        server.execute(f'CREATE DATABASE "{name}"')
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "ssc_platform.settings",
            "DATABASE_URL": urlunsplit(urlsplit(chosen.postgres)._replace(path=f"/{name}")),
            "CELERY_BROKER_URL": chosen.redis,
            "VAR_DIR": folder,
        }
        try:
            django.setup()
            _measure(chosen.supplies, chosen.demands, chosen.rounds)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _measure(supplies: int, demands: int, rounds: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415  # Django is set up by the arguments
    from django.utils import timezone  # noqa: PLC0415

    from matching import corpus  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    _fill([*corpusmaker.supplies(supplies), *corpusmaker.demands(demands)])
    begun = time.perf_counter()
    corpus.renewed(at=timezone.now())
    print(measuring.machine())
    print(f"{supplies} supplies, {demands} demands; index built in {time.perf_counter() - begun:.0f} s, all processes")
    print("\n| workers | wall s | demands/s | matches/s | processor s | private MB a worker |")
    print("|---:|---:|---:|---:|---:|---:|")
    for _round in range(rounds):
        for count in (1, 2):
            with _workers(count) as pids:
                _run(count, pids)
    _writes()


def _fill(profiles: Sequence[Profile]) -> None:
    """Put a made catalogue in, without the services: an entry each, its kind's row and its facets."""
    from django.utils import timezone  # noqa: PLC0415

    from accounts.models import Organisation  # noqa: PLC0415
    from solutions import models  # noqa: PLC0415

    now = timezone.now()
    Organisation.objects.bulk_create(
        Organisation(slug=name, name=name, type="government", verified_at=now)
        for name in sorted({str(profile.organisation) for profile in profiles})
    )
    owners = dict(Organisation.objects.values_list("slug", "pk"))
    entries = models.Entry.objects.bulk_create(
        (
            models.Entry(
                public_id=profile.id, kind=profile.kind, title=profile.title[:200], summary=profile.summary,
                body=profile.body, language_id=profile.language, country_id=profile.country, state="published",
                organisation_id=owners[str(profile.organisation)], visibility="public", start_date=profile.start_date,
                end_date=profile.end_date, published_at=now, confirmed_at=now,
            )
            for profile in profiles
        ),
        batch_size=1_000,
    )  # fmt: skip
    kinds = {"solution": models.Solution, "demand": models.Demand, "offer": models.Offer}
    for entry in entries:
        kinds[entry.kind](entry_ptr=entry).save_base(raw=True)
    pairs = list(zip(entries, profiles, strict=True))
    for field, values in (
        ("goals", [(entry.pk, goal) for entry, profile in pairs for goal in profile.goals]),
        ("sectors", [(entry.pk, code) for entry, profile in pairs for code in profile.sectors]),
        ("modalities", [(entry.pk, code) for entry, profile in pairs for code in profile.modalities]),
    ):
        through = getattr(models.Entry, field).through
        to = next(f.attname for f in through._meta.fields if f.is_relation and f.attname != "entry_id")
        through.objects.bulk_create((through(entry_id=key, **{to: code}) for key, code in values), batch_size=5_000)


@contextmanager
def _workers(count: int) -> Iterator[list[int]]:
    """Start a worker of so many processes; yield the processes that rank."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "ssc_platform",
        "worker",
        "-l",
        "INFO",
        "--concurrency",
        str(count),
    ]
    with tempfile.NamedTemporaryFile("w+") as log:
        worker = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            while "ready." not in Path(log.name).read_text():
                time.sleep(0.5)
            time.sleep(5)  # the processes open the index
            yield [int(child) for child in _children(worker.pid)]
        finally:
            worker.terminate()
            worker.wait()


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _run(count: int, pids: list[int]) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from matching.enums import RunState  # noqa: PLC0415
    from matching.models import Match, RankingRun  # noqa: PLC0415
    from matching.services import ranking, runs  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE matching_rankingrun, matching_match CASCADE")
    run = ranking.begin_everything(at=timezone.now())
    before = sum(map(_processor, pids))
    begun = time.perf_counter()
    runs.invite(run, at=timezone.now())
    while RankingRun.objects.get(pk=run.pk).state == RunState.RUNNING:
        time.sleep(0.05)
    wall = time.perf_counter() - begun
    run.refresh_from_db()
    if run.state != RunState.FINISHED:
        raise RuntimeError(run.error)
    private = max(measuring.private_memory(pid) for pid in pids)
    print(
        f"| {count} | {wall:.1f} | {run.demand_count / wall:.1f} | {Match.objects.count() / wall:.0f} "
        f"| {sum(map(_processor, pids)) - before:.1f} | {private:.0f} |",
        flush=True,
    )


def _processor(pid: int) -> float:
    """Return the processor seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _writes() -> None:
    """Refresh the same matches by both ways, in turn, in batches as a run does."""
    from django.db import transaction  # noqa: PLC0415

    from matching.models import Match  # noqa: PLC0415
    from matching.services.proposing import REFRESHED  # noqa: PLC0415
    from matching.services.recording import upsert  # noqa: PLC0415

    matches = list(Match.objects.order_by("pk")[: 20 * BATCH])
    batches = [matches[start : start + BATCH] for start in range(0, len(matches), BATCH)]

    def copied() -> None:
        for batch in batches:
            with transaction.atomic():
                upsert(batch, unique=("demand", "supply"), refreshed=REFRESHED)

    names = [field.attname for field in Match._meta.concrete_fields if not field.primary_key]

    def created() -> None:
        for batch in batches:
            rows = [Match(**{name: getattr(match, name) for name in names}) for match in batch]
            Match.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["demand", "supply"], update_fields=REFRESHED
            )

    contenders: dict[str, Any] = {
        f"COPY {measuring.WALL}": copied,
        f"bulk_create(update_conflicts=True) {measuring.WALL}": created,
    }
    seconds = measuring.interleaved(contenders, 5)
    print(f"\n{len(matches)} matches refreshed, {BATCH} a transaction\n")
    print(measuring.table(seconds, f"COPY {measuring.WALL}"))


if __name__ == "__main__":
    main()
