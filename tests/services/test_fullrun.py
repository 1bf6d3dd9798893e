"""A run over everything on two real workers, of which one is killed while the broker forgets what it was told."""

import signal

import psycopg
import pytest

from tests.services.act import CROWD
from tests.services.conftest import wait_for

pytestmark = pytest.mark.services

CALL = ("-m", "celery", "-A", "ssc_platform", "call")
TAKEN = "SELECT count(*) FROM matching_runchunk WHERE state = 'taken' AND ranked_count > 0"
LOSE = "UPDATE matching_runchunk SET leased_until = now() - interval '1 minute' WHERE state = 'taken'"


def test_a_lost_chunk_is_ranked_by_another_worker_and_nobody_is_told_twice(servers):
    servers.run("-m", "tests.services.act", "prepare")
    servers.run("-m", "tests.services.act", "crowd")
    with psycopg.connect(servers.database, autocommit=True) as database:

        def ask(sql):
            return database.execute(sql).fetchone()[0]

        first = servers.start_worker()
        servers.queue.flushdb()
        servers.run(*CALL, "matching.rank_everything")
        wait_for(lambda: ask(TAKEN))
        first.stop(signal.SIGKILL)
        servers.queue.flushdb()
        database.execute(LOSE)
        written = ask("SELECT count(*) FROM matching_match")

        for _ in range(2):
            servers.start_worker()
        servers.run(*CALL, "matching.rank_due")
        wait_for(lambda: ask("SELECT bool_and(state = 'finished') FROM matching_rankingrun"))

        assert 0 < written < CROWD
        assert ask("SELECT count(*) FROM matching_rankingrun WHERE scope = 'everything'") == 1
        assert ask("SELECT sum(new_count) FROM matching_rankingrun") == CROWD
        assert ask("SELECT count(*) FROM matching_match") == CROWD
        assert ask("SELECT count(*) FROM matching_matchevent") == CROWD
        assert ask("SELECT count(*) FROM matching_runchunk WHERE takes > 1") == 1
        told = "SELECT count(*) FROM notifications_notice WHERE kind = 'matching.new_matches'"
        assert ask(told) == CROWD
