"""What the processes of the test that kills workers do: `python -m tests.services.crew`, told over its input.

One process loads everything once and forks whoever is needed, so that a worker that was killed is replaced at once.
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta

import django

django.setup()

from celery import current_app  # noqa: E402  # models need django.setup() first
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from core.jobs import enqueue  # noqa: E402
from matching.models import Match, MatchEvent, RankingRun  # noqa: E402
from matching.services.ranking import rank_due, rank_everything  # noqa: E402
from notifications.enums import EmailState  # noqa: E402
from notifications.models import Email, Notice  # noqa: E402
from notifications.services import deliver_due  # noqa: E402
from solutions.enums import Kind  # noqa: E402
from solutions.models import Entry  # noqa: E402
from solutions.services import create_entry, publish_entry, submit_entry  # noqa: E402
from tests.services.act import TEXTS, prepare  # noqa: E402

TOPICS = (
    ("Solar pumps for village gardens", "Women's groups water vegetable gardens with solar pumps in the dry season."),
    ("Training of midwives", "Midwives learn to look after mothers and newborn children in rural health centres."),
    ("Digital tax returns", "Small companies file their tax returns by telephone and the treasury answers at once."),
)
LATER = timedelta(hours=3)
"""So long after that every lease of a lost worker has run out."""


def post(number: int) -> None:
    """Publish a demand and a solution of the same topic, each under a title of its own."""
    people = {user.name: user for user in User.objects.all()}
    title, summary = TOPICS[number % len(TOPICS)]
    for kind, author in ((Kind.SOLUTION, people["publisher"]), (Kind.DEMAND, people["focal_point"])):
        values = {**TEXTS[kind], "language": "en", "title": f"{title} {number}", "summary": summary, "body": summary}
        organisation = author.memberships.get().organisation
        entry = create_entry(kind=kind, organisation=organisation, values=values, by=author, at=timezone.now())
        submit_entry(entry=entry, by=author, at=timezone.now())
        publish_entry(entry=entry, by=people["curator"], at=timezone.now())


def warm_up() -> None:
    """Load glossary, kernels and templates before anybody is forked."""
    rank_everything(at=timezone.now())


def sweep() -> None:
    """Do what the clock does: look for what is due."""
    for task in ("matching.rank_due", "notifications.deliver_due"):
        enqueue(task)


def work() -> None:
    """Be a Celery worker until killed or told to stop."""
    current_app.worker_main(["worker", "--pool", "solo", "-l", "WARNING", "--without-mingle", "--without-gossip"])


def busy() -> bool:
    """Tell whether an entry waits to be ranked or an e-mail to leave."""
    return (
        Entry.objects.filter(ranking_due_at__isnull=False).exists()
        or Email.objects.filter(state=EmailState.QUEUED).exists()
    )


def catch_up() -> None:
    """Sweep as hours later, until nothing is due."""
    at = timezone.now() + LATER
    rank_due(at=at)
    while deliver_due(at=at):
        pass


def repeat() -> list[int]:
    """Rank everything once more; return how many matches are new, moved and gone."""
    run = rank_everything(at=timezone.now() + LATER)
    return [run.new_count, run.moved_count, run.gone_count]


def report() -> dict[str, object]:
    """Say what there is now: pairs proposed and told of, e-mails, what is still open."""
    matches = Match.objects.select_related("demand", "supply")
    told: dict[str, Counter[str]] = {"matching.new_matches": Counter(), "matching.supply_proposed": Counter()}
    counted: Counter[str] = Counter()
    for notice in Notice.objects.filter(kind__in=told):
        counted[notice.kind] += notice.context["count"]
        for row in notice.context["matches"]:
            demand = row.get("demand") or notice.context["demand"]
            told[notice.kind][f"{notice.recipient.name}: {demand} <- {row['title']}"] += 1
    return {
        "pairs": sorted(f"{match.demand.title} <- {match.supply.title}" for match in matches),
        "states": dict(Counter(matches.values_list("state", flat=True))),
        "bands": dict(Counter(matches.values_list("band", flat=True))),
        "proposals": MatchEvent.objects.filter(to_state="proposed").count(),
        "told": told,
        "counted": counted,
        "notices": Notice.objects.count(),
        "emails": dict(Counter(Email.objects.values_list("state", flat=True))),
        "message_ids": sorted(Email.objects.values_list("message_id", flat=True)),
        "due": Entry.objects.filter(ranking_due_at__isnull=False).count(),
        "runs": dict(Counter(RankingRun.objects.values_list("state", flat=True))),
    }


DEEDS = {deed.__name__: deed for deed in (prepare, post, sweep, work, busy, catch_up, repeat, report)}


def main() -> None:
    """Read a deed and its arguments a line; answer with its result, or at once with the process id of a worker."""
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        if name == "warm_up":
            warm_up()
            connections.close_all()
            sys.stdout.write("null\n")
        elif name == "work":
            sys.stdout.write(f"{_forked(name)}\n")
        else:
            answer, ours = os.pipe()
            child = _forked(name, *arguments, answer=ours)
            os.close(ours)
            with os.fdopen(answer) as reader:
                said = reader.read()
            _, status = os.waitpid(child, 0)
            sys.stdout.write(f"{said if not status else json.dumps({'failed': status})}\n")
        sys.stdout.flush()


def _forked(name: str, *arguments: object, answer: int | None = None) -> int:
    """Do a deed in a child of its own; return the child's process id."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    status = 1
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a worker's banner is no answer
    try:
        result = DEEDS[name](*arguments)
        if answer is not None:
            os.write(answer, json.dumps(result).encode())
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
