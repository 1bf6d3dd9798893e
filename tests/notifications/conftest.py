"""Two templates of a made-up kind, a way to tell people of it, a mail server, and threads on one database."""

import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections

from accounts.enums import Role
from accounts.models import User
from notifications.rules import KINDS, NoticeKind
from notifications.services import notify
from tests.factories import NOW
from tests.notifications.mailserver import mail_server


@pytest.fixture(autouse=True)
def _kind(monkeypatch):
    kind = NoticeKind(
        code="test.event",
        label="A made-up event",
        audience=frozenset(Role),
        example={"title": "L'eau & <la terre>"},
        for_machines=True,
    )
    monkeypatch.setitem(KINDS, kind.code, kind)


@pytest.fixture(autouse=True)
def _templates(settings):
    [engine] = settings.TEMPLATES
    processors = {*engine["OPTIONS"]["context_processors"], "notifications.queries.unread"}
    settings.TEMPLATES = [
        {**engine, "DIRS": [Path(__file__).parent / "templates"], "OPTIONS": {"context_processors": sorted(processors)}}
    ]


@pytest.fixture
def cast(cast):
    """The cast with names as the database returns them: text, not text yet to be translated."""
    for person in vars(cast).values():
        if isinstance(person, User):
            person.name = str(person.name)
    return cast


@pytest.fixture
def tell():
    """Tell people of an event called "test.event"."""

    def tell(*people, key="thing:1:happened", title="L'eau & <la terre>", at=NOW, by=None):
        context = {"title": title}
        return notify(
            kind="test.event", recipients=people, event_key=key, context=context, path="/things/1/", at=at, by=by
        )

    return tell


@pytest.fixture
def server(settings):
    """A mail server that e-mails go to."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
        yield server


@pytest.fixture
def at_once(transactional_db, tmp_path, monkeypatch):
    """Run functions at the same time, each with a database connection of its own; return what they return.

    SQLite's database in memory cannot be shared as a file is, so the threads work on a copy in a file.
    """

    def with_own_connection(work):
        try:
            return work()
        finally:
            connection.close()

    def at_once(*work):
        with ThreadPoolExecutor(len(work)) as pool:
            return list(pool.map(with_own_connection, work))

    with monkeypatch.context() as here:  # over before the database in memory is tidied up
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            path = tmp_path / "copy.sqlite3"
            with contextlib.closing(sqlite3.connect(path)) as copy:
                connection.connection.backup(copy)
            here.setitem(connections.settings["default"], "NAME", str(path))
        yield at_once
