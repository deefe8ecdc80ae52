"""Where audit queues lie, on SQLite and on PostgreSQL, for the suites that use them.

A module takes these fixtures with ``pytest_plugins = ("audit_places",)``; what to put there is in ``audit_calls``.
"""

from __future__ import annotations

import pytest
from audit_calls import KEY
from integrated_logs import HandClock, Site
from postgres import running_postgres

from gateway.storage.audit_place import DatabasePlace, FolderPlace
from gateway.storage.engine import open_engine
from gateway.storage.migrations import AUDIT, FACTS, LOG, keep_oldest, upgrade


@pytest.fixture(scope="session")
def audit_server():
    """A PostgreSQL for this process, and the name of a database with the tables of audit queues."""
    with running_postgres() as running:
        template = running.new_database()
        engine = open_engine(running.url(template))
        upgrade(engine, AUDIT)
        engine.dispose()
        yield running, template


@pytest.fixture(scope="session")
def whole_template(audit_server):
    """The name of a database with every table of a gateway, beside that of the queues alone."""
    running, _ = audit_server
    template = running.new_database()
    engine = open_engine(running.url(template))
    for branch in (FACTS, AUDIT, LOG):
        upgrade(engine, branch)
    keep_oldest(engine)
    engine.dispose()
    return template


@pytest.fixture
def whole_database(audit_server, whole_template):
    """A database with every table of a gateway."""
    running, _ = audit_server
    name = running.new_database(whole_template)
    engine = open_engine(running.url(name))
    yield engine
    engine.dispose()
    running.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
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


@pytest.fixture
def site(place, tmp_path):
    """A gateway whose queues and log are empty."""
    if isinstance(place, FolderPlace):
        engine = open_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    else:
        engine = open_engine(place.index_engine().url.render_as_string(hide_password=False))
    upgrade(engine, LOG)
    yield Site(place, engine, tmp_path, HandClock())
    engine.dispose()
