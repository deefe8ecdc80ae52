"""The audit queue on SQLite and on PostgreSQL: the same promises on both."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from audit_calls import BATCH, DRAFT, NOON
from sqlalchemy import event, text

from gateway.domain.audit import BODY_LIMIT, Draft, EntryTooLargeError, seal
from gateway.domain.errors import AuditUnavailableError
from gateway.storage import audit_tables
from gateway.storage.audit_open import open_queue
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_queue import AuditQueue
from gateway.storage.audit_reader import read_entries
from gateway.storage.audit_verify import flaw
from gateway.storage.commit_company import MANY, Company
from gateway.storage.engine import writing

pytest_plugins = ("audit_places",)
PATIENCE = 20.0


class SteppingClock:
    """Each look at it takes the next of its times, and stays at the last."""

    def __init__(self, *times):
        self.times = list(times) or [NOON]

    def now(self):
        return self.times.pop(0) if len(self.times) > 1 else self.times[0]


def opened(place, writer="node-1.0", clock=None, on_failure=lambda: None, **options):
    return AuditQueue(place, writer, clock or SteppingClock(), on_failure, **options)


def stored(place, writer="node-1.0", **options):
    return read_entries(place.readers()[writer], writer, 0, 10_000, **options)


def change(place, *statements):
    """Do to the tables what no code of ours does."""
    with writing(place.readers()["node-1.0"]) as connection:
        for statement in statements:
            connection.execute(text(statement))


async def recorded(queue, *drafts):
    return await asyncio.gather(*[queue.record(draft) for draft in drafts])


async def call(queue):
    return await queue.record(DRAFT)


async def filled(place, *drafts):
    queue = opened(place)
    await recorded(queue, *drafts)
    await queue.close()


def test_what_is_recorded_is_stored_under_the_position_that_was_given(place):
    async def run():
        queue = opened(place)
        positions = await recorded(queue, DRAFT, BATCH, DRAFT)
        found = stored(place, with_lines=True)
        await queue.close()
        return positions, found

    positions, found = asyncio.run(run())

    assert [position.number for position in positions] == [0, 1, 2]
    assert [flaw(entry) for entry in found] == ["", "", ""]
    for position, entry in zip(positions, found, strict=True):
        assert (position.writer, position.number, position.leaf, position.time) == (
            "node-1.0",
            entry.number,
            entry.leaf,
            entry.time,
        )
        assert position.line_leaves == tuple(line.leaf for line in entry.lines)
    assert [len(entry.lines) for entry in found] == [0, 3, 0]
    assert [entry.lines for entry in stored(place)] == [(), (), ()]


def test_five_hundred_calls_at_once_share_a_few_commits(place):
    async def run():
        queue = opened(place)
        commits = []
        event.listen(queue._store._engine, "commit", commits.append)
        positions = await recorded(queue, *[DRAFT] * 500)
        await queue.close()
        return positions, len(commits)

    positions, commits = asyncio.run(run())

    assert [position.number for position in positions] == list(range(500))
    assert [entry.leaf for entry in stored(place)] == [position.leaf for position in positions]
    assert 1 <= commits <= 25


def test_calls_one_after_another_have_a_commit_each(place):
    async def run():
        queue = opened(place)
        commits = []
        event.listen(queue._store._engine, "commit", commits.append)
        for _ in range(5):
            await queue.record(DRAFT)
            assert len(stored(place)) == len(commits)
        await queue.close()
        return len(commits)

    assert asyncio.run(run()) == 5


def commits_of_calls_that_come_one_by_one(place, under_way, company):
    """Return how many commits half of the calls under way share, twice, each coming after a look at the store."""

    async def run():
        queue = opened(place, company=company)
        queue.share_among(lambda: under_way)
        commits = []
        event.listen(queue._store._engine, "commit", commits.append)
        for _ in range(2):
            waiting = []
            for _ in range(under_way // 2):
                waiting.append(asyncio.ensure_future(queue.record(DRAFT)))
                await asyncio.to_thread(stored, place)
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*waiting)
        await queue.close()
        return len(commits)

    return asyncio.run(run())


def test_of_many_calls_under_way_half_share_a_commit_as_soon_as_they_are_there(place):
    assert commits_of_calls_that_come_one_by_one(place, MANY, Company(seconds=PATIENCE * 2)) == 2


def test_where_few_calls_are_under_way_nobody_waits_for_company(place):
    assert commits_of_calls_that_come_one_by_one(place, MANY - 1, Company(seconds=PATIENCE * 2)) > 2


def test_company_that_does_not_come_is_not_waited_for(place):
    async def run():
        queue = opened(place)
        queue.share_among(lambda: 1000)
        async with asyncio.timeout(PATIENCE):
            position = await queue.record(DRAFT)
        await queue.close()
        return position.number

    assert asyncio.run(run()) == 0


def test_salts_are_fresh_for_every_entry_and_line(place):
    asyncio.run(filled(place, *[BATCH] * 20))
    found = stored(place, with_lines=True)

    assert len({salt for entry in found for salt in (entry.salt, *(line.salt for line in entry.lines))}) == 80


def test_a_draft_that_cannot_be_sealed_uses_up_no_number(place):
    async def run():
        queue = opened(place)
        await queue.record(DRAFT)
        with pytest.raises(EntryTooLargeError):
            await queue.record(Draft({"case": "x" * BODY_LIMIT}))
        with pytest.raises(ValueError, match="float"):
            await queue.record(Draft({"share": 0.5}))
        position = await queue.record(DRAFT)
        await queue.close()
        return position

    assert asyncio.run(run()).number == 1
    assert [entry.number for entry in stored(place)] == [0, 1]


def test_the_time_of_entries_never_goes_backwards_not_even_over_a_restart(place):
    async def run(*times):
        queue = opened(place, clock=SteppingClock(*times))
        positions = [await queue.record(DRAFT) for _ in times]
        await queue.close()
        return [position.time for position in positions]

    second = timedelta(seconds=1)

    assert asyncio.run(run(NOON, NOON - second, NOON + second)) == [NOON, NOON, NOON + second]
    assert asyncio.run(run(NOON - second, NOON + 2 * second)) == [NOON + second, NOON + 2 * second]
    assert [flaw(entry) for entry in stored(place)] == [""] * 5


def test_too_many_waiting_entries_are_refused_at_once_and_only_while_they_wait(place):
    async def run():
        queue = opened(place, pending_limit=3)
        waiting = [queue.record(DRAFT) for _ in range(3)]
        with pytest.raises(AuditUnavailableError, match="too many"):
            queue.record(DRAFT)
        await asyncio.gather(*waiting)
        position = await queue.record(DRAFT)
        await queue.close()
        return position.number, queue.failed

    assert asyncio.run(run()) == (3, False)


def test_a_cancelled_caller_does_not_take_the_entry_back(place):
    async def run():
        queue = opened(place)
        waiting = [queue.record(DRAFT) for _ in range(3)]
        waiting[1].cancel()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        await queue.close()
        return results

    results = asyncio.run(run())

    assert isinstance(results[1], asyncio.CancelledError)
    assert [results[0].number, results[2].number] == [0, 2]
    assert [entry.number for entry in stored(place)] == [0, 1, 2]


def test_closing_makes_durable_what_waits_and_refuses_what_comes(place):
    async def run():
        queue = opened(place)
        waiting = [queue.record(DRAFT) for _ in range(50)]
        await queue.close()
        with pytest.raises(AuditUnavailableError):
            queue.record(DRAFT)
        await queue.close()
        return [waiter.done() and waiter.result().number for waiter in waiting]

    assert asyncio.run(run()) == list(range(50))
    assert len(stored(place)) == 50


def test_a_queue_goes_on_where_it_stopped(place):
    for _ in range(3):
        asyncio.run(filled(place, DRAFT, BATCH))

    assert [entry.number for entry in stored(place)] == list(range(6))
    assert place.next_numbers() == {"node-1.0": 6}


def test_writers_number_their_own_queues(place):
    async def run():
        queues = [opened(place, f"node-1.{worker}") for worker in range(2)]
        await asyncio.gather(*[recorded(queue, *[DRAFT] * 3) for queue in queues])
        for queue in queues:
            await queue.close()

    asyncio.run(run())

    assert place.next_numbers() == {"node-1.0": 3, "node-1.1": 3}
    for writer in ("node-1.0", "node-1.1"):
        assert [(entry.writer, entry.number) for entry in stored(place, writer)] == [(writer, n) for n in range(3)]


def test_readers_page_by_number(place):
    asyncio.run(filled(place, *[BATCH] * 5))
    engine = place.readers()["node-1.0"]

    def numbers(*page):
        return [(entry.number, len(entry.lines)) for entry in read_entries(engine, *page, with_lines=True)]

    assert numbers("node-1.0", 1, 2) == [(1, 3), (2, 3)]
    assert numbers("node-1.0", 4, 2) == [(4, 3)]
    assert numbers("node-1.0", 5, 2) == []
    assert numbers("nobody", 0, 2) == []


def test_a_failed_commit_is_the_last(place):
    async def run():
        told = []
        queue = opened(place, on_failure=lambda: told.append("stop"))
        await queue.record(DRAFT)
        change(place, "ALTER TABLE audit_entry RENAME TO hidden")
        results = await asyncio.gather(*[call(queue) for _ in range(40)], return_exceptions=True)
        change(place, "ALTER TABLE hidden RENAME TO audit_entry")
        with pytest.raises(AuditUnavailableError):
            queue.record(DRAFT)
        assert queue.failed
        await queue.close()
        return told, results

    told, results = asyncio.run(run())

    assert told == ["stop"]
    assert {type(result) for result in results} == {AuditUnavailableError}
    assert [entry.number for entry in stored(place)] == [0]
    asyncio.run(filled(place, DRAFT))
    assert [entry.number for entry in stored(place)] == [0, 1]


def test_entries_that_do_not_follow_the_last_are_not_stored(place):
    opened_queue = open_queue(place, "node-1.0")
    opened_queue.store.append([seal(DRAFT, "node-1.0", 0, NOON, bytes(16))])
    with pytest.raises(Exception, match="opened by another process"):
        opened_queue.store.append([seal(DRAFT, "node-1.0", 2, NOON, bytes(16))])
    opened_queue.held.close()

    assert [entry.number for entry in stored(place)] == [0]


def test_the_migration_makes_the_tables_that_the_code_uses(place):
    asyncio.run(filled(place, DRAFT))
    with place.readers()["node-1.0"].connect() as connection:
        compared = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name in audit_tables.metadata.tables},
        )
        assert compare_metadata(compared, audit_tables.metadata) == []


@pytest.mark.parametrize("writer", ["", "access", "../up", "a/b", ".hidden", "a b", "x" * 65])
def test_a_writer_that_cannot_name_a_file_is_refused(tmp_path, writer):
    with pytest.raises(ValueError, match="cannot be the name"):
        opened(FolderPlace(tmp_path), writer)
