"""From a published demand to an e-mail, through a real broker and a worker that is killed on the way."""

import email
import signal
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.services.conftest import wait_for

pytestmark = pytest.mark.services

WAITING_FOR_A_LOCK = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
DONE = "SELECT NOT EXISTS (SELECT 1 FROM solutions_entry WHERE ranking_due_at IS NOT NULL)"
SENT = "SELECT count(*) FROM notifications_email WHERE state = 'sent'"


def mails(var):
    """Return (recipient, Message-ID) of every e-mail that was written."""
    found = []
    for path in sorted((var / "mail").glob("*")):
        for text in path.read_text().split("-" * 79):
            if text.strip():
                message = email.message_from_string(text.strip())
                found.append((message["To"], message["Message-ID"]))
    return found


def test_a_demand_becomes_matches_and_mails_once_although_the_worker_is_killed(servers):
    servers.run("-m", "tests.services.act", "prepare")
    servers.queue.flushdb()  # what the preparation queued: the sweep will find it
    with (
        psycopg.connect(servers.database, autocommit=True) as database,
        psycopg.connect(servers.database) as lock,
    ):

        def ask(sql):
            return database.execute(sql).fetchone()[0]

        servers.run("-m", "tests.services.act", "post")
        assert ask("SELECT count(*) FROM matching_match") == 0
        assert servers.queue.llen("celery") == 1

        # The worker is held in the middle of its run, at the demand's row, and dies there.
        lock.execute("SELECT 1 FROM solutions_entry WHERE kind = 'demand' FOR NO KEY UPDATE")
        first = servers.start_worker()
        wait_for(lambda: ask(WAITING_FOR_A_LOCK))
        first.stop(signal.SIGKILL)
        lock.rollback()
        wait_for(lambda: not ask(WAITING_FOR_A_LOCK))
        assert ask("SELECT count(*) FROM matching_match") == 0
        assert ask("SELECT count(*) FROM matching_rankingrun WHERE state = 'running'") == 1
        servers.queue.flushdb()  # the broker forgets everything as well

        second = servers.start_worker()
        sweep = ("-m", "celery", "-A", "ssc_platform", "call", "matching.rank_due")
        servers.run(*sweep)
        wait_for(lambda: ask(DONE) and ask(SENT) == 2)
        assert ask("SELECT count(*) FROM matching_match WHERE state = 'proposed'") == 1
        assert sorted(to for to, _id in mails(servers.var)) == ["focal_point@example.org", "publisher@example.org"]

        # Whatever runs again finds nothing to do.
        runs = ask("SELECT count(*) FROM matching_rankingrun")
        for task in ("matching.rank_due", "matching.rank_everything", "notifications.deliver_due"):
            servers.run(*sweep[:-1], task)
        wait_for(lambda: ask("SELECT count(*) FROM matching_rankingrun WHERE state = 'finished'") >= runs)
        wait_for(lambda: servers.queue.llen("celery") == 0)
        second.stop(signal.SIGTERM)  # finishes what it has begun
        assert ask("SELECT count(*) FROM matching_match") == 1
        assert ask("SELECT count(*) FROM notifications_email") == 2
        assert len(set(mails(servers.var))) == len(mails(servers.var)) == 2


def test_runs_at_the_same_time_propose_and_tell_once(servers):
    servers.run("-m", "tests.services.act", "prepare")
    servers.run("-m", "tests.services.act", "post")
    with psycopg.connect(servers.database, autocommit=True) as database, ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(servers.run, "manage.py", "refresh_matches") for _ in range(3)]:
            done.result()

        def ask(sql):
            return database.execute(sql).fetchone()[0]

        assert ask("SELECT bool_and(state = 'finished') FROM matching_rankingrun")  # later commands join a run
        assert ask("SELECT sum(new_count) FROM matching_rankingrun") == 1
        assert ask("SELECT count(*) FROM matching_match") == 1
        assert ask("SELECT count(*) FROM notifications_notice") == ask("SELECT count(*) FROM notifications_email") == 2
