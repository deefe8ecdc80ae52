"""A queue that is not as its writer left it, and a database that would not keep it, are refused at the start."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import postgres
import pytest
from audit_calls import BATCH, DRAFT, NOON
from sqlalchemy import event, text

from gateway.domain.audit import seal
from gateway.domain.errors import StoreUnavailableError
from gateway.storage.audit_open import open_queue
from gateway.storage.audit_place import DatabasePlace, FolderPlace
from gateway.storage.audit_queue import AuditQueue
from gateway.storage.audit_store import NotDurableError, QueueDamagedError, QueueStore
from gateway.storage.engine import open_engine, writing
from gateway.storage.migrations import AUDIT, upgrade

pytest_plugins = ("audit_places",)


class NoonClock:
    def now(self):
        return NOON


def opened(place):
    return AuditQueue(place, "node-1.0", NoonClock(), lambda: None)


def change(place, *statements):
    """Do to the tables what no code of ours does."""
    with writing(place.readers()["node-1.0"]) as connection:
        for statement in statements:
            connection.execute(text(statement))


async def filled(place, *drafts):
    queue = opened(place)
    await asyncio.gather(*[queue.record(draft) for draft in drafts])
    await queue.close()


def sealed(number, time):
    return seal(DRAFT, "node-1.0", number, time, bytes(16))


@pytest.mark.parametrize(
    ("statement", "number", "what"),
    [
        ("UPDATE audit_entry SET body = salt WHERE number = 3", 3, "salt and body"),
        ("UPDATE audit_entry SET salt = leaf WHERE number = 2", 2, "salt and body"),
        ("UPDATE audit_entry SET envelope = body WHERE number = 4", 4, "leaf"),
        ("UPDATE audit_entry SET leaf = salt WHERE number = 1", 1, "leaf"),
        ("UPDATE audit_entry SET time_us = time_us + 1 WHERE number = 1", 1, "'time'"),
        ("DELETE FROM audit_entry WHERE number = 5", 5, "last"),
        ("DELETE FROM audit_entry WHERE number > 2", 5, "the last is 2"),
        ("DELETE FROM audit_entry WHERE number = 2", 2, "missing"),
        ("DELETE FROM audit_entry WHERE number = 0", 0, "missing"),
        ("DELETE FROM audit_entry", 5, "the last is -1"),
        ("UPDATE audit_writer SET next_number = 5", 4, "the last is 5"),
        ("UPDATE audit_writer SET next_number = 0", -1, "the last is 5"),
        ("UPDATE audit_writer SET next_number = 7", 6, "the last is 5"),
        ("DELETE FROM audit_writer", -1, "the last is 5"),
        ("UPDATE audit_line SET content = salt WHERE number = 1 AND item = 2", 1, "line 2"),
        ("UPDATE audit_line SET item = 9 WHERE number = 1 AND item = 0", 1, "root"),
        ("DELETE FROM audit_line WHERE number = 1 AND item = 2", 1, "root"),
        ("DELETE FROM audit_line", 1, "missing"),
    ],
)
def test_a_torn_or_altered_tail_is_refused_by_writer_number_and_part(place, statement, number, what):
    asyncio.run(filled(place, DRAFT, BATCH, DRAFT, DRAFT, DRAFT, DRAFT))
    change(place, statement)

    for _ in range(2):  # the refusal leaves no lock behind
        with pytest.raises(QueueDamagedError, match=r"node-1\.0") as refused:
            opened(place)
        assert refused.value.number == number
        assert what in str(refused.value)


def test_entries_in_the_wrong_order_of_time_are_refused(place):
    """
    Each is sound by itself: only together do they show that they were put there.
    """
    opened_queue = open_queue(place, "node-1.0")
    late, early = NOON, NOON - timedelta(microseconds=1)
    for number, time in enumerate((late, early)):
        opened_queue.store.append([sealed(number, time)])
    opened_queue.held.close()

    with pytest.raises(QueueDamagedError, match="older than the entry before it"):
        opened(place)


def test_the_last_thousand_entries_are_looked_at(place):
    asyncio.run(filled(place, *[DRAFT] * 1_002))
    change(place, "UPDATE audit_entry SET body = salt WHERE number = 2")

    with pytest.raises(QueueDamagedError) as refused:
        opened(place)
    assert refused.value.number == 2


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path):
    file = tmp_path / "node-1.0.sqlite"
    file.write_bytes(b"not a database, but somebody's" * 200)

    with pytest.raises(StoreUnavailableError):
        opened(FolderPlace(tmp_path))
    assert file.read_bytes() == b"not a database, but somebody's" * 200


def test_sqlite_without_full_syncs_is_refused(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'queue.sqlite'}")
    upgrade(engine, AUDIT)
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=NORMAL").close())
    store = QueueStore(engine, "node-1.0")
    with pytest.raises(NotDurableError, match="synchronous=1"):
        store.open()
    store.close()


def test_postgresql_that_does_not_sync_is_refused(monkeypatch):
    monkeypatch.setattr(postgres, "SETTINGS", (*postgres.SETTINGS, "fsync=off"))
    with postgres.running_postgres() as careless:
        engine = open_engine(careless.url(careless.new_database()))
        with pytest.raises(NotDurableError, match="fsync"):
            opened(DatabasePlace(engine))
        engine.dispose()


def test_postgresql_commits_are_flushed_whatever_the_database_says(audit_server):
    server, _ = audit_server
    database = server.new_database()
    server._run(f'ALTER DATABASE "{database}" SET synchronous_commit = off')
    engine = open_engine(server.url(database))
    queue = open_queue(DatabasePlace(engine), "node-1.0")
    with queue.store._connection.begin():
        setting = queue.store._connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
    queue.held.close()
    engine.dispose()

    assert setting == "on"
