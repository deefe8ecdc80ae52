"""Where audit queues lie, on SQLite and on PostgreSQL, for the suites that use them.

A module takes these fixtures with ``pytest_plugins = ("audit_places",)``; what to put there is in ``audit_calls``.
"""

from __future__ import annotations

import pytest
from audit_calls import KEY, ON_POSTGRESQL
from postgres import running_postgres

from gateway.storage.audit_place import DatabasePlace, FolderPlace
from gateway.storage.engine import open_engine
from gateway.storage.migrations import AUDIT, upgrade


@pytest.fixture(scope="session")
def audit_server():
    """A PostgreSQL for this process, and the name of a database with the tables of audit queues."""
    with running_postgres() as running:
        template = running.new_database()
        engine = open_engine(running.url(template))
        upgrade(engine, AUDIT)
        engine.dispose()
        yield running, template


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=ON_POSTGRESQL)])
def place(request, tmp_path):
    """Where audit queues lie, once on each store; empty."""
    if request.param == "sqlite":
        folder = FolderPlace(tmp_path / "audit")
        yield folder
        folder.close()
        return
    running, template = request.getfixturevalue("audit_server")
    database = running.new_database(template)
    engine = open_engine(running.url(database))
    yield DatabasePlace(engine)
    engine.dispose()
    running.drop(database)


@pytest.fixture
def key_file(tmp_path):
    """The key under which officers are kept in the search index."""
    file = tmp_path / "search.key"
    file.write_bytes(KEY)
    return file
