"""One queue has one writer: a second opener is refused on SQLite, and deposes the first on PostgreSQL."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from gateway.domain.audit import Draft
from gateway.domain.errors import AuditUnavailableError
from gateway.storage.audit_place import DatabasePlace, FolderPlace, QueueLockedError
from gateway.storage.audit_queue import AuditQueue
from gateway.storage.audit_reader import read_entries
from gateway.storage.engine import open_engine, reading, writing

DRAFT = Draft({"outcome": "OK"})
READER = """
import sys
from pathlib import Path
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_reader import read_entries

pytest_plugins = ("audit_places",)

place = FolderPlace(Path(sys.argv[1]))
print([entry.number for entry in read_entries(place.readers()["node-1.0"], "node-1.0", 0, 99)])
"""


class SystemClock:
    def now(self):
        return datetime.now(UTC)


def opened(place, on_failure=lambda: None):
    return AuditQueue(place, "node-1.0", SystemClock(), on_failure)


async def call(queue):
    return await queue.record(DRAFT)


@pytest.fixture
def database(audit_server):
    server, _ = audit_server
    engine = open_engine(server.url(server.new_database()))
    yield engine
    engine.dispose()


def test_a_second_opener_of_a_file_is_told_which_writer_and_file(tmp_path):
    async def run():
        queue = opened(FolderPlace(tmp_path))
        with pytest.raises(QueueLockedError) as refused:
            opened(FolderPlace(tmp_path))
        position = await queue.record(DRAFT)
        await queue.close()
        return refused.value, position

    error, position = asyncio.run(run())

    assert "node-1.0" in str(error)
    assert str(tmp_path / "node-1.0.lock") in str(error)
    assert position.number == 0
    asyncio.run(opened(FolderPlace(tmp_path)).close())


def test_another_process_reads_while_the_queue_is_written(tmp_path):
    async def run():
        queue = opened(FolderPlace(tmp_path))
        await queue.record(DRAFT)
        read = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", READER, str(tmp_path)], capture_output=True, text=True, check=True
        )
        await queue.record(DRAFT)
        await queue.close()
        return read.stdout.strip()

    assert asyncio.run(run()) == "[0]"


def test_a_reader_in_the_middle_of_its_work_holds_up_no_answer(tmp_path):
    async def run():
        place = FolderPlace(tmp_path)
        queue = opened(place)
        await queue.record(DRAFT)
        with reading(place.readers()["node-1.0"]) as connection:
            count = text("SELECT count(*) FROM audit_entry")
            before = connection.execute(count).scalar_one()
            await asyncio.wait_for(asyncio.gather(*[queue.record(DRAFT) for _ in range(20)]), timeout=10)
            after = connection.execute(count).scalar_one()
        await queue.close()
        place.close()
        return before, after

    assert asyncio.run(run()) == (1, 1)


@pytest.mark.xdist_group("postgres")
def test_a_deposed_writer_commits_nothing_more_and_stops(database):
    async def run():
        place = DatabasePlace(database)
        told = []
        old = opened(place, lambda: told.append("old"))
        await old.record(DRAFT)
        new = opened(place, lambda: told.append("new"))
        first = await new.record(DRAFT)
        results = await asyncio.gather(*[call(old) for _ in range(5)], return_exceptions=True)
        second = await new.record(DRAFT)
        failed = old.failed, new.failed
        await old.close()
        await new.close()
        return told, results, [first, second], failed

    told, results, positions, failed = asyncio.run(run())

    assert told == ["old"]
    assert failed == (True, False)
    assert {type(result) for result in results} == {AuditUnavailableError}
    assert [position.number for position in positions] == [1, 2]
    found = read_entries(database, "node-1.0", 0, 99)
    assert [entry.number for entry in found] == [0, 1, 2]
    assert [entry.leaf for entry in found[1:]] == [position.leaf for position in positions]


@pytest.mark.xdist_group("postgres")
def test_a_writer_deposed_before_the_new_one_has_written_cannot_take_its_numbers(database):
    async def run():
        place = DatabasePlace(database)
        old = opened(place)
        new = opened(place)
        with pytest.raises(AuditUnavailableError):
            await old.record(DRAFT)
        position = await new.record(DRAFT)
        await old.close()
        await new.close()
        return position.number

    assert asyncio.run(run()) == 0
    assert len(read_entries(database, "node-1.0", 0, 99)) == 1


@pytest.mark.xdist_group("postgres")
def test_a_lost_connection_is_a_failure_like_any_other(database):
    async def run():
        queue = opened(DatabasePlace(database))
        await queue.record(DRAFT)
        with writing(database) as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            )
        with pytest.raises(AuditUnavailableError):
            await queue.record(DRAFT)
        assert queue.failed
        await queue.close()

    asyncio.run(run())
    assert len(read_entries(database, "node-1.0", 0, 99)) == 1
