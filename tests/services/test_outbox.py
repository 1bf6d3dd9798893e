"""Four processes drain one outbox of a thousand e-mails: none twice, none lost, on SQLite and on PostgreSQL."""

import os
import secrets
import sqlite3
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.notifications.mailserver import mail_server
from tests.services.conftest import PATIENCE, ROOT

COUNT = 1000
PROCESSES = 4
ASK = "SELECT state, attempts, count(*) FROM notifications_email GROUP BY state, attempts"


@pytest.fixture
def sqlite(tmp_path):
    """An empty database in a file, and a way to ask it."""

    def ask(sql):
        with sqlite3.connect(tmp_path / "var" / "ssc.sqlite3") as database:
            return database.execute(sql).fetchall()

    return "", ask


@pytest.fixture
def postgresql():
    """A fresh database on the server that TEST_POSTGRES_URL names, and a way to ask it."""
    server = os.environ.get("TEST_POSTGRES_URL")
    if not server:
        pytest.skip("TEST_POSTGRES_URL not set")
    name = f"ssc_outbox_{secrets.token_hex(4)}"
    address = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))

    def ask(sql):
        with psycopg.connect(address) as database:
            return database.execute(sql).fetchall()

    with psycopg.connect(server, autocommit=True) as administration:
        administration.execute(f'CREATE DATABASE "{name}"')
        try:
            yield address, ask
        finally:
            administration.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.services
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_four_processes_send_a_thousand_emails_once_each(database, request, tmp_path):
    address, ask = request.getfixturevalue(database)
    with mail_server() as server:
        host, port = server.server_address
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "ssc_platform.settings",
            "DATABASE_URL": address,
            "CELERY_BROKER_URL": "",
            "VAR_DIR": str(tmp_path / "var"),
            "DEBUG": "1",
            "EMAIL_HOST": host,
            "EMAIL_PORT": str(port),
            "EMAIL_USE_TLS": "0",
        }

        def start(*arguments):
            command = [sys.executable, "-m", "tests.services.outbox", *arguments]
            return subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )

        def finish(process):
            out, _ = process.communicate(timeout=3 * PATIENCE)  # four of them share the machine's cores
            assert process.returncode == 0, out
            return out

        finish(start("fill", str(COUNT)))
        assert server.received == []
        shares = [int(finish(process)) for process in [start("drain") for _ in range(PROCESSES)]]

    assert sum(shares) == COUNT
    assert min(shares) > 0  # all four had a part in it
    assert ask(ASK) == [("sent", 1, COUNT)]
    assert len(server.received) == COUNT
    assert len({message["Message-ID"] for message in server.received}) == COUNT
    assert {message["To"] for message in server.received} == {f"person{number}@example.org" for number in range(COUNT)}
