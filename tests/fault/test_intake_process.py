"""The process that takes in submissions: killed, told to stop, or left alone, it loses nothing and adds nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from multiprocessing import Pipe
from pathlib import Path

import grpc
import pytest
from e2e.served import HRSS, SUBMIT, WRITER, body_of, gateway_in, new_party, stored, today, wait_until_stored
from jointsanctions.v1 import registry_pb2

from gateway.bench.processes import family
from gateway.sample.records import complaint
from gateway.storage.facts import SqlFactStore

SLEEPS = 8
"""Far more than a process needs to read three records, and reached in a quarter of a second of waiting for a lock."""


def chunk(request_id, rows=3, *, last=True):
    records = [complaint(new_party(), f"{request_id}-{row}", today(), None) for row in range(rows)]
    return registry_pb2.SubmitRecordsRequest(
        request_id=request_id, feed="labour_inspection", officer="o", records=records, last=last
    ).SerializeToString()


def intakes(gateway):
    """Return the processes beside the gateway's that take in submissions."""
    children = family([gateway.process.pid])[1:]
    return [pid for pid in children if b"gateway.intake" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def intake_of(gateway):
    """Wait for the process that takes in the gateway's submissions, and return its id."""
    while True:
        children = intakes(gateway)
        if children:
            return children[0]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def store_locked(gateway):
    """Hold the store's write lock, so that a chunk comes as far as its transaction and no further."""
    with closing(sqlite3.connect(gateway.place.state / "facts.sqlite", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def wait_for_the_lock(pid, call):
    """Wait until the process waits for the store's lock: it sleeps ever again, and never while it waits for a chunk."""
    before = sleeps(pid)
    while sleeps(pid) < before + SLEEPS:
        assert not call.done()


def sleeps(pid):
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("voluntary_ctxt_switches"))


def sent(gateway, chunks):
    return gateway.channel(HRSS).stream_unary(SUBMIT, None, None).future(iter(chunks))


def entries(gateway):
    """Return outcome and revisions of every call; the entry before them is of the first mandates."""
    return [(body["outcome"], body.get("revisions")) for body in map(body_of, gateway.entries(1))]


def test_nothing_is_started_before_the_first_submission(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        assert intakes(gateway) == []


def test_it_leaves_the_first_processor_to_whoever_answers_and_gives_way(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        assert gateway.raw_stream(SUBMIT, [chunk("first")]).ok
        usable, intake = sorted(os.sched_getaffinity(0)), intake_of(gateway)

        assert sorted(os.sched_getaffinity(intake)) == (usable[1:] or usable)
        assert os.sched_getaffinity(gateway.process.pid) == set(usable)
        assert os.getpriority(os.PRIO_PROCESS, intake) == os.getpriority(os.PRIO_PROCESS, 0) + 10


def test_when_it_is_killed_the_chunk_fails_and_the_next_is_taken_by_another(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        assert gateway.raw_stream(SUBMIT, [chunk("before")]).ok
        first, failing = intake_of(gateway), chunk("killed")
        with store_locked(gateway):
            call = sent(gateway, [failing])
            os.kill(first, signal.SIGKILL)
            assert call.code() is grpc.StatusCode.UNAVAILABLE
            assert stored(gateway) == 3
        again = gateway.raw_stream(SUBMIT, [failing])

        assert again.ok, again.text()
        assert intake_of(gateway) != first
        assert stored(gateway) == 6
        assert entries(gateway) == [("OK", [1, 1]), ("STORE_UNAVAILABLE", None), ("OK", [2, 2])]
        assert SqlFactStore(gateway._engine).unrecorded(WRITER) == []


def test_what_it_stored_before_it_was_killed_is_in_the_entry_of_the_failed_submission(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        assert gateway.raw_stream(SUBMIT, [chunk("before")]).ok
        chunks, locked = [chunk("two", last=False), chunk("two")], threading.Event()

        def one_before_and_one_after():
            yield chunks[0]
            locked.wait(20)
            yield chunks[1]

        call, intake = sent(gateway, one_before_and_one_after()), intake_of(gateway)
        wait_until_stored(gateway, call, 6)
        with store_locked(gateway):
            locked.set()
            wait_for_the_lock(intake, call)
            os.kill(intake, signal.SIGKILL)
        assert call.code() is grpc.StatusCode.UNAVAILABLE
        assert entries(gateway)[1:] == [("STORE_UNAVAILABLE", [2, 2])]
        assert gateway.raw_stream(SUBMIT, chunks).ok
        assert entries(gateway)[2:] == [("OK", [2, 3])]
        assert SqlFactStore(gateway._engine).unrecorded(WRITER) == []


def test_it_dies_with_a_killed_gateway_and_commits_nothing_after_it(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        assert gateway.raw_stream(SUBMIT, [chunk("before")]).ok
        intake = intake_of(gateway)
        with store_locked(gateway):
            call = sent(gateway, [chunk("orphan")])
            wait_for_the_lock(intake, call)
            gateway.process.kill()
            assert gateway.process.wait() == -signal.SIGKILL
            assert call.code() is grpc.StatusCode.UNAVAILABLE
            # Far sooner than it would give the lock up.
            deadline = time.monotonic() + 5
            while alive(intake):
                assert time.monotonic() < deadline
        assert stored(gateway) == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_stop_that_reaches_it_too_breaks_off_no_chunk(tmp_path, number):
    with gateway_in(tmp_path, filled=False) as gateway:
        assert gateway.raw_stream(SUBMIT, [chunk("before")]).ok
        intake = intake_of(gateway)
        with store_locked(gateway):
            call = sent(gateway, [chunk("drained")])
            wait_for_the_lock(intake, call)
            for pid in (intake, gateway.process.pid):
                os.kill(pid, number)
        assert call.result(timeout=20)
        assert gateway.process.wait(timeout=20) == 0
        assert not alive(intake)
        assert stored(gateway) == 6
        assert entries(gateway) == [("OK", [1, 1]), ("OK", [2, 2])]


def test_it_takes_nothing_for_a_parent_that_is_gone_already():
    ours, theirs = Pipe()
    with ours, theirs:
        words = [sys.executable, "-m", "gateway.intake", str(theirs.fileno()), str(os.getppid())]
        assert subprocess.run(words, pass_fds=[theirs.fileno()], check=False, timeout=30).returncode == 1
