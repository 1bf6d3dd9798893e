"""Real servers: a database and a Redis of the test's own, and processes that it starts and stops."""

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis

ROOT = Path(__file__).resolve().parent.parent.parent
REDIS_DATABASE = 11
PATIENCE = 120  # seconds; a start of Python with the whole engine takes a few
NEEDED = ("TEST_POSTGRES_URL", "TEST_REDIS_URL")


def wait_for(what, seconds=PATIENCE):
    """Return the first true answer of `what`; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds} s in vain")


class Worker:
    """A Celery worker process in a process group of its own."""

    def __init__(self, env, log):
        command = [sys.executable, "-m", "celery", "-A", "ssc_platform", "worker", "--concurrency", "1", "-l", "INFO"]
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out, start_new_session=True)

    def stop(self, sign):
        """Send a signal: SIGKILL to the whole group at once, as a lost machine would; another to the parent."""
        if self.process.poll() is None:
            if sign == signal.SIGKILL:
                os.killpg(self.process.pid, sign)
            else:
                self.process.send_signal(sign)
        self.process.wait(PATIENCE)


@pytest.fixture
def servers(tmp_path):
    """A fresh database, an empty Redis database, an empty VAR_DIR, and ways to run processes against them."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not set")
    name = f"ssc_services_{secrets.token_hex(4)}"
    address = urlsplit(os.environ["TEST_POSTGRES_URL"])
    broker = urlunsplit(urlsplit(os.environ["TEST_REDIS_URL"])._replace(path=f"/{REDIS_DATABASE}"))
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ssc_platform.settings",
        "DATABASE_URL": urlunsplit(address._replace(path=f"/{name}")),
        "CELERY_BROKER_URL": broker,
        "VAR_DIR": str(tmp_path / "var"),
        "DEBUG": "1",
        "EMAIL_HOST": "",
    }
    workers = []

    def start_worker():
        workers.append(Worker(env, tmp_path / "worker.log"))
        return workers[-1]

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stdout + done.stderr

    queue = redis.Redis.from_url(broker)
    with psycopg.connect(os.environ["TEST_POSTGRES_URL"], autocommit=True) as administration:
        administration.execute(f'CREATE DATABASE "{name}"')
        try:
            queue.flushdb()
            yield SimpleNamespace(
                run=run,
                start_worker=start_worker,
                queue=queue,
                database=env["DATABASE_URL"],
                var=tmp_path / "var",
                env=env,
            )
        finally:
            for worker in workers:
                worker.stop(signal.SIGKILL)
            queue.flushdb()
            queue.close()
            administration.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
