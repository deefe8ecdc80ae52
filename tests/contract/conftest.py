"""Databases for the suites that every store must pass: each test has one of its own, with its tables made."""

from __future__ import annotations

import shutil

import pytest
from postgres import running_postgres

from gateway.storage.change_log import SqlChangeLog
from gateway.storage.engine import open_engine
from gateway.storage.enterprise_files import SqlEnterpriseFiles
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory
from gateway.storage.migrations import FACTS, upgrade


def migrate(url):
    engine = open_engine(url)
    upgrade(engine, FACTS)
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL for this process, without any database of ours yet."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def facts_template(postgres_server):
    name = postgres_server.new_database()
    migrate(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def facts_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("facts") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def facts_url(request, tmp_path):
    """The URL of a database with the tables of facts, once on each of the two."""
    if request.param == "sqlite":
        path = tmp_path / "facts.db"
        shutil.copyfile(request.getfixturevalue("facts_file"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    name = server.new_database(request.getfixturevalue("facts_template"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def engine(facts_url):
    engine = open_engine(facts_url)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine):
    return SqlFactStore(engine)


@pytest.fixture
def history(engine):
    return SqlHistory(engine)


@pytest.fixture
def change_log(engine):
    return SqlChangeLog(engine)


@pytest.fixture
def files(engine):
    return SqlEnterpriseFiles(engine)
