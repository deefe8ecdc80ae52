"""A node on PostgreSQL is told of a revision at once; what it is not told of it finds by looking, as soon as ever."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from store_samples import RULES, SystemClock, profile, submission

from gateway.storage.engine import open_engine, reading, writing
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory
from gateway.storage.index import POLL_SECONDS, TimelineIndex
from gateway.storage.notices import CHANNEL, RevisionNotices

NEVER_SECONDS = 60.0
"""So seldom a look that only a notice can have brought a revision."""
PATIENCE = 20.0
F7 = 1.0
_LISTENERS = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
_END = text("SELECT pg_terminate_backend(:pid)")


@pytest.fixture
def database(postgres_server, facts_template):
    name = postgres_server.new_database(facts_template)
    engine = open_engine(postgres_server.url(name))
    yield engine
    engine.dispose()
    postgres_server.drop(name)


@asynccontextmanager
async def following(engine, poll_seconds):
    index = TimelineIndex(SqlHistory(engine), RULES, SystemClock(), poll_seconds=poll_seconds)
    index.load()
    index.start()
    try:
        yield index
    finally:
        await index.stop()


def listeners(engine):
    with reading(engine) as connection:
        return connection.execute(_LISTENERS).scalars().all()


async def listening(engine):
    """Wait until somebody listens; return its backend."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await asyncio.to_thread(listeners, engine)):  # noqa: ASYNC110 - it is the database's to say
            await asyncio.sleep(0.02)
    return found[0]


def commit(engine, number):
    return SqlFactStore(engine).submit(submission(f"s-{number}", profile(number)))[0]


async def served(index, revision):
    """Wait without waking the index, as ``reach`` would."""
    begun = time.monotonic()
    async with asyncio.timeout(PATIENCE):
        while index.revision < revision:  # noqa: ASYNC110 - nothing announces it that would not wake the index
            await asyncio.sleep(0.002)
    return time.monotonic() - begun


def test_a_notice_brings_a_revision_although_no_look_is_due(database):
    async def follow():
        async with following(database, NEVER_SECONDS) as index:
            await listening(database)
            for number in range(1, 6):
                revision = await asyncio.to_thread(commit, database, number)
                assert await served(index, revision) < F7

    asyncio.run(follow())


def test_whoever_is_not_told_looks_and_finds_it_within_the_same_bound(database, monkeypatch):
    monkeypatch.setattr(RevisionNotices, "start", lambda _: None)

    async def follow():
        async with following(database, POLL_SECONDS) as index:
            for number in range(1, 6):
                revision = await asyncio.to_thread(commit, database, number)
                assert await served(index, revision) < F7
            assert listeners(database) == []

    asyncio.run(follow())


def test_a_listener_that_is_cut_off_listens_again_and_misses_nothing_meanwhile(database):
    async def follow():
        async with following(database, POLL_SECONDS) as index:
            before = await listening(database)
            with writing(database) as connection:
                connection.execute(_END, {"pid": before})
            revision = await asyncio.to_thread(commit, database, 1)
            assert await served(index, revision) < F7
            async with asyncio.timeout(PATIENCE):
                while await listening(database) == before:  # noqa: ASYNC110 - likewise
                    await asyncio.sleep(0.02)

    asyncio.run(follow())


def test_what_is_not_committed_is_told_to_nobody(database):
    heard = []
    notices = RevisionNotices(database, lambda: heard.append(1))
    notices.start()
    asyncio.run(listening(database))
    while not heard:
        time.sleep(0.01)
    told = len(heard)

    with database.connect() as connection:
        connection.execute(text(f"NOTIFY {CHANNEL}"))
        connection.rollback()
    commit(database, 1)
    until = time.monotonic() + PATIENCE
    while len(heard) == told and time.monotonic() < until:
        time.sleep(0.01)
    notices.stop()
    assert len(heard) == told + 1
