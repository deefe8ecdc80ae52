"""The process that fills the access index: unasked, asked, killed, stopped, or before a record that cannot be read."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest
from audit_calls import DRAFT, KEY, change, found, record
from e2e.served import AUDITOR, CHECK, SEARCH, WRITER, award, body_of, gateway_in, new_party
from jointsanctions.v1 import audit_pb2

from gateway import child
from gateway.bench.processes import family
from gateway.domain.errors import StoreUnavailableError
from gateway.indexer.process import IndexerProcess, Setup
from gateway.storage.access_fill import read_progress
from gateway.storage.access_index import FEW, AccessIndex
from gateway.storage.audit_place import FolderPlace

ASKING = "public-resources-trading"
PATIENCE = 30
KILLS = 8


@pytest.fixture
def place(tmp_path):
    place = FolderPlace(tmp_path / "audit")
    yield place
    place.close()


@pytest.fixture
def setup(tmp_path, place):
    """A gateway's state with some entries in its queue, and the index's key."""
    (tmp_path / "index.key").write_bytes(KEY)
    record(place, *[DRAFT] * 50)
    return Setup(f"sqlite:///{tmp_path / 'facts.sqlite'}", tmp_path, tmp_path / "index.key")


def read_progress_of(place):
    """Return how many entries are in the index; 0 while there is none."""
    try:
        return read_progress(place.index_engine()).get("node-1.0", 0)
    except StoreUnavailableError:
        return 0


@pytest.fixture
def served(tmp_path):
    with gateway_in(tmp_path) as served:
        yield served


def until(condition):
    """Return what *condition* returns, once that is something."""
    ends, pause = time.monotonic() + PATIENCE, threading.Event()
    while not (found := condition()):
        assert time.monotonic() < ends
        pause.wait(0.01)
    return found


def indexers(served):
    children = family([served.process.pid])[1:]
    return [pid for pid in children if b"gateway.indexer" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def indexer_of(served):
    (pid,) = until(lambda: indexers(served))
    return pid


def ask(served):
    """Ask so often that a search lets another process index it."""
    for _ in range(FEW + 10):
        assert served.send(CHECK, award(new_party().uscc)).ok


def search_finds_all(served):
    """Search for the calls of the bidding platform: each that is on record is found, once."""
    recorded = [entry.number for entry in served.entries() if body_of(entry)["caller"].get("agency") == ASKING]
    request = audit_pb2.SearchAccessRequest(searched_by="auditor-1", page_size=1000, agency=ASKING)
    page = audit_pb2.SearchAccessResponse.FromString(served.send(SEARCH, request, AUDITOR).answer)
    assert sorted(each.position.number for each in page.entries) == recorded


def test_what_is_recorded_is_indexed_unasked(served):
    for _ in range(3):
        assert served.send(CHECK, award(new_party().uscc)).ok
    place = served._queues
    end = served.next_number()

    until(lambda: read_progress(place.index_engine()).get(WRITER, 0) >= end)


def test_a_killed_one_is_followed_by_another_and_nothing_is_missing_or_twice(served):
    for _ in range(3):
        pid = indexer_of(served)
        ask(served)
        os.kill(pid, signal.SIGKILL)
        search_finds_all(served)
        until(lambda before=pid: indexers(served) not in ([], [before]))


def test_a_search_does_not_wait_for_long_for_one_that_is_stopped(served):
    pid = indexer_of(served)
    os.kill(pid, signal.SIGSTOP)
    try:
        ask(served)
        search_finds_all(served)
    finally:
        os.kill(pid, signal.SIGCONT)


def test_whatever_moment_it_is_killed_at_each_entry_is_in_the_index_once(setup, place):
    randomness = random.Random(7)  # noqa: S311 - when to kill is no secret
    for kill in range(KILLS):
        record(place, *[DRAFT] * 300)
        process, pipe = child.start("gateway.indexer")
        pipe.send(setup)
        entries = 50 + 300 * (kill + 1)
        started = read_progress_of(place)
        until(lambda before=started: read_progress_of(place) != before)
        pipe.poll(randomness.random() / 20)
        process.kill()
        process.wait()
        pipe.close()
        assert read_progress_of(place) <= entries

    numbers = [number for number, _ in found(AccessIndex(place, setup.key), size=10_000)[0]]
    assert sorted(numbers) == list(range(entries))


def test_a_record_that_cannot_be_read_is_told_and_whoever_searches_is_told_too(setup, place, caplog):
    process = IndexerProcess(setup)
    caplog.set_level("INFO")
    process.start()
    try:
        until(lambda: read_progress_of(place) == 50 and process.fill())
        record(place, DRAFT)
        envelope = "UPDATE audit_entry SET body = leaf WHERE number = 50"
        change(place.readers()["node-1.0"], envelope)
        until(lambda: not process.fill())
        assert "the access index is not filled any more: EntryUnreadableError" in caplog.text
    finally:
        process.close()
    assert not process.fill()
