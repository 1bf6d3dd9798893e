"""Measure the API's list of solutions against a view written by hand, and its calls a second under gunicorn.

Run: python -m benchmarks.api_list [--entries 2000] [--rounds 60] [--seconds 10]. Both contenders answer the same fifty
rows with the same words, through the same middleware, in turn, from an SQLite database in a temporary folder. The
view by hand is what one would write without a framework: one queryset, plain dicts, JsonResponse. gunicorn runs with
two workers on loopback; eight connections ask one page again and again. Calls are not limited meanwhile.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

if "VAR_DIR" not in os.environ:  # before the settings are read; gunicorn's workers inherit it
    os.environ["VAR_DIR"] = tempfile.mkdtemp()
os.environ["DJANGO_SETTINGS_MODULE"] = "ssc_platform.settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.core.management import call_command  # noqa: E402  # Django is set up first
from django.db import transaction  # noqa: E402  # Django is set up first
from django.http import HttpRequest, JsonResponse  # noqa: E402  # Django is set up first
from django.test import Client, override_settings  # noqa: E402  # Django is set up first
from django.urls import include, path  # noqa: E402  # Django is set up first

from accounts.models import Organisation  # noqa: E402  # Django is set up first
from core.throttling import ScopeThrottle  # noqa: E402  # Django is set up first
from solutions.enums import Kind  # noqa: E402  # Django is set up first
from solutions.models import Entry, Solution  # noqa: E402  # Django is set up first
from solutions.queries import for_lists  # noqa: E402  # Django is set up first

ScopeThrottle.THROTTLE_RATES = dict.fromkeys(ScopeThrottle.THROTTLE_RATES)
PAGE = "/api/v1/solutions/"
BY_HAND = "/by-hand/"
ROWS = 50
CONNECTIONS = 8
TEXT = "Women's groups water vegetable gardens with solar pumps that village technicians repair within two days. "


def by_hand(request: HttpRequest) -> JsonResponse:
    """Answer the first page as one would write it for this one list."""
    rows = []
    for entry in for_lists(Kind.SOLUTION, user=request.user).order_by("-pk")[:ROWS]:
        rows.append(
            {
                "id": entry.public_id,
                "kind": entry.kind,
                "organisation": {"slug": entry.organisation.slug, "name": entry.organisation.name},
                "published_at": entry.published_at.isoformat().replace("+00:00", "Z") if entry.published_at else None,
                "updated_at": entry.updated_at.isoformat().replace("+00:00", "Z"),
                "title": entry.title,
                "summary": entry.summary,
                "language": entry.language_id,
                "country": entry.country_id,
                "goals": [goal.pk for goal in entry.goals.all()],
                "targets": sorted(target.pk for target in entry.targets.all()),
                "sectors": sorted(sector.pk for sector in entry.sectors.all()),
                "modalities": sorted(modality.pk for modality in entry.modalities.all()),
                "illustrative": entry.illustrative,
            }
        )
    return JsonResponse({"results": rows})


urlpatterns = [path(BY_HAND[1:], by_hand), path("", include("ssc_platform.urls"))]


def main() -> None:
    """Fill the database, ask in turn, print medians, ratio and throughput."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seconds", type=int, default=10)
    asked = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    fill(asked.entries)
    with override_settings(ROOT_URLCONF="benchmarks.api_list", ALLOWED_HOSTS=["*"]):
        compare(asked.rounds)
    throughput(asked.seconds)


@transaction.atomic
def fill(number: int) -> None:
    """Make solutions of one organisation, each with two goals, targets, a sector and modalities."""
    organisation = Organisation.objects.create(
        slug="agency", name="Agency", type="government", country_id="BRA", verified_at="2026-01-01T00:00:00Z"
    )
    for place in range(number):
        made = Solution.objects.create(
            title=f"Solar pumps for village gardens {place}", summary=TEXT * 4, body=TEXT * 12, state="published",
            language_id="en", country_id="BRA", organisation=organisation, published_at="2026-01-01T00:00:00Z",
        )  # fmt: skip
        made.goals.set([2, 7])
        made.targets.set(["2.3", "7.1"])
        made.sectors.set(["agriculture"])
        made.modalities.set(["training"])


def compare(rounds: int) -> None:
    """Print the processor time of both, in turn, and how many times the other's the list takes."""
    client = Client()
    same = {page: client.get(page).json()["results"] for page in (PAGE, BY_HAND)}
    assert same[PAGE] == same[BY_HAND], "the two contenders do not answer the same rows"
    times: dict[str, list[float]] = {PAGE: [], BY_HAND: []}
    for turn in range(rounds + 3):
        for page, taken in times.items():
            begun = time.process_time()
            client.get(page)
            if turn >= 3:  # the first rounds warm up
                taken.append(time.process_time() - begun)
    ours, hand = (statistics.median(times[page]) for page in (PAGE, BY_HAND))
    print(f"{Entry.objects.count():,} entries, {ROWS} rows a page")
    print(f"list of the API {1e3 * ours:.1f} ms, by hand {1e3 * hand:.1f} ms: {ours / hand:.2f} times")


def throughput(seconds: int) -> None:
    """Print how many pages a second gunicorn answers to eight connections."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "gunicorn"), "benchmarks.api_list:application"]
    server = subprocess.Popen([*command, "--bind", f"127.0.0.1:{port}", "--workers", "2", "--log-level", "error"])
    try:
        _wait(lambda: _ask(port, 1))
        until = time.monotonic() + seconds
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            taken = [one for many in pool.map(lambda _: _ask(port, until), range(CONNECTIONS)) for one in many]
    finally:
        server.terminate()
        server.wait()
    worst = statistics.quantiles(taken, n=20)[-1]
    median = statistics.median(taken)
    print(f"gunicorn, 2 workers, {CONNECTIONS} connections: {len(taken) / seconds:.0f} pages a second, ", end="")
    print(f"median {1e3 * median:.0f} ms, 95 % within {1e3 * worst:.0f} ms")


def _ask(port: int, until: float) -> list[float]:
    """Ask for the page until a moment, once at least; return the seconds of each answer."""
    connection, taken = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
    while not taken or time.monotonic() < until:
        begun = time.perf_counter()
        connection.request("GET", PAGE)
        answer = connection.getresponse()
        assert len(json.loads(answer.read())["results"]) == ROWS
        taken.append(time.perf_counter() - begun)
    return taken


def _wait(attempt: Callable[[], object]) -> None:
    for _ in range(120):
        try:
            attempt()
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise TimeoutError("gunicorn did not answer")


if __name__ == "__main__":
    main()
