"""How an index on a node tells what it has not seen yet, and what wakes it: nothing is due by its own clock here."""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest
from store_samples import NOON, RULES, SystemClock, code, profile, submission

from gateway.services.ports.register import FeedState
from gateway.storage.engine import open_engine
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory
from gateway.storage.index import TimelineIndex

NEVER_SECONDS = 600.0
PATIENCE = 20.0
READING_SECONDS = 5.0


class HandClock(SystemClock):
    """A boot clock that stands still until it is moved."""

    def __init__(self):
        self.seconds = 1_000.0

    def boot_seconds(self):
        return self.seconds


class SlowHistory(SqlHistory):
    """Takes its time whenever changes are read."""

    def __init__(self, engine, clock):
        super().__init__(engine)
        self._clock = clock

    def touched(self, after, upto):
        self._clock.seconds += READING_SECONDS
        return super().touched(after, upto)


@pytest.fixture
def engine(facts_file, tmp_path):
    """A store that tells nobody of a revision."""
    path = tmp_path / "facts.db"
    shutil.copyfile(facts_file, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@asynccontextmanager
async def following(history, clock, meanwhile=lambda: None):
    """Follow with looks that never come by themselves; *meanwhile* is done between loading and following."""
    index = TimelineIndex(history, RULES, clock, poll_seconds=NEVER_SECONDS)
    index.load()
    meanwhile()
    index.start()
    try:
        yield index
    finally:
        await index.stop()


async def until(condition):
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nothing announces it that would not wake the index
            await asyncio.sleep(0.005)


def test_what_was_seen_before_a_long_reading_is_as_old_as_that_when_it_is_served(engine):
    clock, store = HandClock(), SqlFactStore(engine)

    async def follow():
        meanwhile = partial(store.submit, submission("a", profile(1)))
        async with following(SlowHistory(engine, clock), clock, meanwhile) as index:
            await until(lambda: index.revision == 1)
            return index.replica_lag()

    assert asyncio.run(follow()) == READING_SECONDS


def test_a_node_that_looks_no_more_is_as_far_behind_as_its_boot_clock_says(engine):
    clock = HandClock()

    async def follow():
        async with following(SqlHistory(engine), clock) as index:
            clock.seconds += 7
            lag = index.replica_lag()
            clock.seconds -= 9
            return lag, index.replica_lag()

    assert asyncio.run(follow()) == (7, 0)


def test_whoever_waits_for_a_revision_has_the_store_looked_at_at_once(engine):
    clock, store = SystemClock(), SqlFactStore(engine)

    async def follow():
        async with following(SqlHistory(engine), clock) as index:
            for number in (1, 2, 3):
                revision, _ = await asyncio.to_thread(store.submit, submission(f"s-{number}", profile(number)))
                assert index.revision == revision - 1
                begun = time.monotonic()
                assert await index.reach(revision, PATIENCE)
                assert time.monotonic() - begun < PATIENCE / 2
                assert index.find(code(number)) is not None

    asyncio.run(follow())


def test_a_confirmation_is_followed_although_nobody_is_touched_by_it(engine):
    store = SqlFactStore(engine)

    async def follow():
        async with following(SqlHistory(engine), SystemClock()) as index:
            seen = []
            for hours in (1, 2):
                state = FeedState("labour", NOON + timedelta(hours=hours))
                revision = await asyncio.to_thread(store.confirm, f"c-{hours}", state, "hrss", "writer-1", NOON)
                assert await index.reach(revision, PATIENCE)
                seen.append(index.feeds["labour"].current_until - NOON)
            return seen

    assert asyncio.run(follow()) == [timedelta(hours=1), timedelta(hours=2)]
