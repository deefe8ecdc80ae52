"""Calls wait for a slow store of evidence without holding up others, and leave it as it should be when they go away."""

from __future__ import annotations

import asyncio
import threading

import pytest

from gateway.services.evidence import THREADS, SealedEvidence
from gateway.services.ports.evidence import SealedFile

FILE = SealedFile("YS-1", "ab" * 32, 10)


class SlowStore:
    """A store that waits at each step until it is let go, and says what was done."""

    def __init__(self):
        self.goes_on, self.reached, self.done = threading.Event(), threading.Semaphore(0), []
        self.received_now = 0

    def _wait(self, what):
        self.reached.release()
        assert self.goes_on.wait(20)
        self.done.append(what)

    def has(self, _file):
        self._wait("has")
        return True

    def upload(self, _file):
        return self

    def __enter__(self):
        """Be a context of its own: one that a generator makes would be left when nobody holds it any more."""
        self._wait("entered")
        return self

    def __exit__(self, *_):
        self.done.append("left")

    @property
    def received(self):
        return self.received_now

    def append(self, content):
        self._wait("appended")
        self.received_now += len(content)

    def read(self, _file, _offset):
        try:
            yield b"a"
            yield b"b"
        finally:
            self.done.append("closed")


@pytest.fixture
def store():
    found = SlowStore()
    yield found
    found.goes_on.set()


async def reached(store, number=1):
    for _ in range(number):
        assert await asyncio.to_thread(store.reached.acquire, timeout=20)


async def cancelled_then_released(store, task):
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done(), "it waits for the thread that works for it"
    store.goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_who_goes_away_while_an_upload_is_opened_leaves_it_again(store):
    async def uploading(evidence):
        async with evidence.upload(FILE):
            raise AssertionError("it went away before")

    async def run():
        task = asyncio.create_task(uploading(SealedEvidence(store)))
        await reached(store)
        await cancelled_then_released(store, task)

    asyncio.run(run())
    assert store.done == ["entered", "left"]


def test_who_goes_away_while_bytes_are_written_waits_for_them(store):
    async def run():
        evidence = SealedEvidence(store)
        store.goes_on.set()
        async with evidence.upload(FILE) as upload:
            await reached(store)
            store.goes_on.clear()
            task = asyncio.create_task(upload.append(b"12345"))
            await reached(store)
            await cancelled_then_released(store, task)
            assert upload.received == 5

    asyncio.run(run())
    assert store.done == ["entered", "appended", "left"]


def test_what_ends_an_upload_is_told_and_the_store_is_left(store):
    async def run():
        store.goes_on.set()
        async with SealedEvidence(store).upload(FILE):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(run())
    assert store.done == ["entered", "left"]


def test_a_read_that_is_not_taken_to_its_end_is_closed(store):
    async def run():
        parts = SealedEvidence(store).read(FILE, 0)
        assert await anext(parts) == b"a"
        await parts.aclose()

    asyncio.run(run())
    assert store.done == ["closed"]


def test_a_store_that_does_not_answer_takes_no_thread_of_anybody_else(store):
    async def run():
        evidence = SealedEvidence(store)
        asked = [asyncio.create_task(evidence.is_whole(FILE)) for _ in range(THREADS + 5)]
        await reached(store, THREADS)
        for _ in range(50):
            assert await asyncio.to_thread(lambda: "answered") == "answered"
        assert not any(each.done() for each in asked)
        store.goes_on.set()
        assert all(await asyncio.gather(*asked))

    asyncio.run(run())
