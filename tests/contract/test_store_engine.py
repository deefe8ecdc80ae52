"""What both databases promise: no lost update, no half commit, no gap, no driver error, tables as written down."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event, func, select, text, update
from store_samples import act, code, fact, profile, submission

from formats.civil import parse_instant
from gateway.domain.errors import StoreUnavailableError
from gateway.services.ports.register import FeedState
from gateway.storage import (
    case_tables,
    import_tables,
    mandate_tables,
    policy_tables,
    referral_tables,
    revoked_tables,
    tables,
)
from gateway.storage.engine import open_engine, reading, writing
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory
from gateway.storage.migrations import AUDIT, FACTS, is_current, upgrade

SPAWN = multiprocessing.get_context("spawn")
WRITERS, ROUNDS = 3, 40


def in_processes(target, arguments):
    """Run *target* once for each tuple of *arguments*, at the same time; return the exit codes."""
    processes = [SPAWN.Process(target=target, args=each) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    return [process.exitcode for process in processes]


def increment(url, rounds):
    engine = open_engine(url)
    for _ in range(rounds):
        with writing(engine) as connection:
            counter = connection.execute(select(tables.head.c.revision).with_for_update()).scalar_one()
            connection.execute(update(tables.head).values(revision=counter + 1))
    engine.dispose()


def submit_many(url, writer, rounds):
    engine = open_engine(url)
    store = SqlFactStore(engine)
    for number in range(rounds):
        store.submit(submission(f"{writer}-{number}", profile(1, name=f"{writer} {number}"), fact(number, "penalty")))
    engine.dispose()


def die_in_the_middle(url, statement):
    """Kill this process just before the first statement that begins as *statement* does."""
    engine = open_engine(url)

    @event.listens_for(engine, "before_cursor_execute")
    def watch(_connection, _cursor, sql, *_):
        if sql.startswith(statement):
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(engine, "commit")
    def watch_commit(_connection):
        if statement == "COMMIT":
            os.kill(os.getpid(), signal.SIGKILL)

    SqlFactStore(engine).submit(submission("dying", profile(7), act(7, persons=["p"]), fact(8)))


def migrate(url):
    engine = open_engine(url)
    upgrade(engine, FACTS)
    engine.dispose()


def test_no_update_is_lost_between_processes_that_read_and_then_write(facts_url, engine):
    assert in_processes(increment, [(facts_url, ROUNDS)] * WRITERS) == [0] * WRITERS
    with reading(engine) as connection:
        assert connection.execute(select(tables.head.c.revision)).scalar_one() == WRITERS * ROUNDS


def test_revisions_of_concurrent_writers_have_no_gap_and_every_record_one_current_version(facts_url, engine, history):
    assert in_processes(submit_many, [(facts_url, f"w{w}", ROUNDS) for w in range(WRITERS)]) == [0] * WRITERS
    with reading(engine) as connection:
        numbers = list(connection.execute(select(tables.revision.c.id).order_by(tables.revision.c.id)).scalars())
        column = tables.enterprise_profile.c
        versions = connection.execute(
            select(column.revision_from, column.revision_until).order_by(column.revision_from)
        ).all()
    assert numbers == list(range(1, WRITERS * ROUNDS + 1))
    assert history.head() == WRITERS * ROUNDS
    starts = [start for start, _ in versions]
    assert [until for _, until in versions] == [*starts[1:], None]


def test_revisions_of_concurrent_threads_have_no_gap(store, history):
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda n: store.submit(submission(f"t{n}", profile(n)))[0], range(20)))
    assert sorted(taken) == list(range(1, 21))
    assert history.head() == 20


@pytest.mark.parametrize("statement", ["INSERT INTO revision", "UPDATE head", "INSERT INTO listing_act", "COMMIT"])
def test_a_writer_killed_in_the_middle_leaves_nothing_and_holds_up_nobody(facts_url, store, history, statement):
    assert in_processes(die_in_the_middle, [(facts_url, statement)]) == [-signal.SIGKILL]
    assert history.head() == 0
    assert history.dossier(code(7), 99) is None
    assert store.submit(submission("next", profile(1)))[0] == 1
    revision, outcomes = store.submit(submission("dying", profile(7), act(7, persons=["p"]), fact(8)))
    assert (revision, {outcome.status.name for outcome in outcomes}) == (2, {"STORED"})


def test_a_reader_sees_one_state_throughout_and_holds_up_no_writer(engine, store):
    with reading(engine) as connection:
        before = connection.execute(select(tables.head.c.revision)).scalar_one()
        store.submit(submission("a", profile(1)))
        assert connection.execute(select(tables.head.c.revision)).scalar_one() == before == 0
    with reading(engine) as connection:
        assert connection.execute(select(tables.head.c.revision)).scalar_one() == 1


def test_a_reader_does_not_wait_for_a_writer(engine):
    with writing(engine) as writer, reading(engine) as reader:
        writer.execute(update(tables.head).values(revision=5))
        assert reader.execute(select(tables.head.c.revision)).scalar_one() == 0


def test_an_exception_in_a_write_rolls_it_back(engine, history):
    def fail():
        with writing(engine) as connection:
            connection.execute(update(tables.head).values(revision=5))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert history.head() == 0


def test_what_is_acknowledged_has_been_flushed(engine, facts_url):
    with reading(engine) as connection:
        if facts_url.startswith("sqlite"):
            pragmas = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
            ]
            assert pragmas == ["wal", 2]
        else:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"


def test_a_server_that_acknowledges_early_is_overruled(facts_url, engine):
    if facts_url.startswith("sqlite"):
        assert engine.dialect.name == "sqlite"
        return
    with writing(engine) as connection:
        name = engine.url.database
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    engine.dispose()
    with reading(engine) as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"


def test_the_migrations_make_the_tables_that_are_written_down(engine):
    with engine.connect() as connection:
        # Imported, so that they are among them whatever else is.
        each = (mandate_tables, case_tables, import_tables, policy_tables, referral_tables, revoked_tables)
        assert all(module.metadata is tables.metadata for module in each)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
        assert connection.execute(select(func.count()).select_from(tables.head)).scalar() == 1


def test_a_database_is_current_by_branch(engine):
    assert is_current(engine, FACTS)
    assert not is_current(engine, AUDIT)
    upgrade(engine, FACTS)
    assert is_current(engine, FACTS)


def test_processes_that_start_at_once_make_the_tables_once(tmp_path, request, facts_url):
    if facts_url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'new.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.new_database())
    assert in_processes(migrate, [(url,)] * 2) == [0, 0]
    engine = open_engine(url)
    assert SqlHistory(engine).head() == 0
    engine.dispose()


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/facts.db", "postgresql+psycopg://user:secret@/none?host=/no/such/folder"]
)
def test_a_database_that_cannot_be_reached_is_an_error_of_ours_without_the_password(url):
    engine = open_engine(url)
    store, history = SqlFactStore(engine), SqlHistory(engine)
    instant = parse_instant("2026-01-01T00:00:00Z")
    calls = [
        lambda: store.submit(submission("a", profile(1))),
        lambda: store.confirm("a", FeedState("f", instant), "a", "w", instant),
        lambda: store.nonconforming_known([code(1)]),
        lambda: store.unrecorded("w"),
        lambda: store.mark_recorded("a", 1, 1),
        history.head,
        lambda: history.revision_at(instant),
        lambda: history.dossier(code(1), 1),
        lambda: list(history.dossiers(1)),
        lambda: history.touched(0, 1),
        lambda: history.unresolved(1),
        lambda: history.feeds(1),
    ]
    for call in calls:
        with pytest.raises(StoreUnavailableError) as caught:
            call()
        assert "secret" not in str(caught.value)
        assert "secret" not in str(caught.value.metadata)


def test_a_database_without_tables_is_unavailable(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(StoreUnavailableError):
        SqlHistory(engine).head()
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/db", "postgresql+asyncpg://h/d", "x"])
def test_another_kind_of_database_is_refused(url):
    with pytest.raises(ValueError, match=r"database|SQLite"):
        open_engine(url)
