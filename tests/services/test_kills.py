"""A worker killed at twenty random points between publication and the last e-mail: nothing lost, nothing doubled."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress

import pytest

from tests.notifications.mailserver import mail_server
from tests.services.conftest import ROOT, wait_for

KILLS = 20
TOPICS = 3
SLOW = 3.0
"""Seconds that a round counts at most, however busy the machine is."""
FLUSHED = (7, 13)
"""Rounds in which the broker forgets everything while the worker is at it."""


class Crew:
    """The process that forks workers, and does other things in children of its own."""

    def __init__(self, env, log):
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.services.crew"], cwd=ROOT, env=env, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out, start_new_session=True,
            )  # fmt: skip

    def __call__(self, deed, *arguments):
        self.process.stdin.write(json.dumps([deed, *arguments]) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"failed": "the process ended"}')
        assert not (isinstance(answer, dict) and "failed" in answer), (deed, answer)
        return answer

    def end(self):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def crew(servers, tmp_path):
    with mail_server() as server:
        host, port = server.server_address
        env = {**servers.env, "EMAIL_HOST": host, "EMAIL_PORT": str(port), "EMAIL_USE_TLS": "0"}
        crew = Crew({**env, "MATCHES_PER_DEMAND": "50"}, tmp_path / "crew.log")
        crew.mails = server.received
        crew("prepare")
        crew("warm_up")
        servers.queue.flushdb()
        yield crew
        crew.end()


@pytest.mark.services
def test_twenty_kills_lose_nothing_and_double_nothing(crew, servers):
    chance = random.Random(20)

    # Undisturbed first, to know how long a round takes.
    crew("post", 0)
    begun = time.monotonic()
    worker = crew("work")
    wait_for(lambda: not crew("busy"))
    whole = min(time.monotonic() - begun, SLOW)
    os.kill(worker, signal.SIGKILL)

    killed_at_work = 0
    for number in range(1, KILLS + 1):
        crew("post", number)
        crew("sweep")
        worker = crew("work")
        time.sleep(chance.uniform(0, 2 * whole))  # the more there is, the longer it takes
        if number in FLUSHED:
            servers.queue.flushdb()
        killed_at_work += crew("busy")
        os.kill(worker, signal.SIGKILL)
    assert killed_at_work > KILLS / 4  # else the kills came too late to prove anything

    crew("catch_up")
    found = crew("report")
    assert found["due"] == 0
    assert "running" not in found["runs"]  # what a lost worker began was brought to its end
    # Every demand is matched with every solution of its topic, once; ranking it all again finds nothing to add. The
    # first topic has one solution more, from the preparation.
    numbers = Counter(number % TOPICS for number in range(KILLS + 1))
    expected = sum(many**2 for many in numbers.values()) + numbers[0]
    assert len(found["pairs"]) == len(set(found["pairs"])) == expected
    assert found["states"] == {"proposed": len(found["pairs"])}
    assert found["proposals"] == len(found["pairs"])
    assert crew("repeat")[::2] == [0, 0]
    # Each pair was told once to each side, and each notice left by mail.
    for kind, person in (("matching.new_matches", "focal_point"), ("matching.supply_proposed", "publisher")):
        named = found["told"][kind]
        assert set(named.values()) == {1}
        assert named.keys() <= {f"{person}: {pair}" for pair in found["pairs"]}  # a long notice names the first ten
        assert found["counted"][kind] == len(found["pairs"])
    after = crew("report")
    assert after["notices"] == found["notices"]
    assert after["emails"] == {"sent": found["notices"]}
    # A mail program shows a Message-ID once: a worker lost after the server's answer and before its own note sends the
    # same e-mail again under it, and only such a one can.
    received = Counter(str(message["Message-ID"]) for message in crew.mails)
    assert sorted(received) == found["message_ids"]
    assert sum(received.values()) - len(received) <= KILLS
