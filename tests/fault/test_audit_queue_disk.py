"""A disk that is full, refuses to write or fails to sync: nobody gets an answer any more, and the process stops."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.domain.audit import Draft
from gateway.domain.errors import AuditUnavailableError
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_queue import AuditQueue
from gateway.storage.audit_reader import read_entries

DRAFT = Draft({"outcome": "OK"})
LIMITED_WRITER = """
import asyncio, os, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from gateway.domain.audit import Draft
from gateway.domain.errors import AuditUnavailableError
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_queue import AuditQueue

class SystemClock:
    def now(self):
        return datetime.now(UTC)

async def call(queue):
    while True:
        position = await queue.record(Draft({"outcome": "OK", "case": "x" * 600}))
        print(position.number, position.leaf.hex(), flush=True)

async def main(folder):
    stop = asyncio.Event()
    queue = AuditQueue(FolderPlace(folder), "node-1.0", SystemClock(), stop.set)
    await queue.record(Draft({"outcome": "OK"}))
    # Beyond this size the kernel refuses to write (EFBIG; Python ignores the signal).
    size = (folder / "node-1.0.sqlite-wal").stat().st_size + 300_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    results = await asyncio.gather(*[call(queue) for _ in range(32)], return_exceptions=True)
    assert {type(result) for result in results} == {AuditUnavailableError}, results
    await stop.wait()
    sys.exit(7)

asyncio.run(main(Path(sys.argv[1])))
"""


class SystemClock:
    def now(self):
        return datetime.now(UTC)


async def call(queue):
    return await queue.record(DRAFT)


def log_descriptor(folder):
    """Return the number under which this process has the queue's write-ahead log open."""
    wanted = folder / "node-1.0.sqlite-wal"
    links = {int(link.name): link for link in Path("/proc/self/fd").iterdir()}
    return next(number for number, link in links.items() if os.path.lexists(link) and link.readlink() == wanted)


@pytest.mark.parametrize(
    ("stand_in", "flags"),
    [
        ("/dev/full", os.O_RDWR),  # writing fails: no space left
        ("/dev/null", os.O_RDWR),  # writing succeeds, syncing fails
        ("/dev/null", os.O_RDONLY),  # writing fails otherwise
    ],
)
def test_a_commit_that_cannot_be_made_durable_is_answered_to_nobody(tmp_path, caplog, stand_in, flags):
    async def run():
        told = []
        queue = AuditQueue(FolderPlace(tmp_path), "node-1.0", SystemClock(), lambda: told.append("stop"))
        kept = await queue.record(DRAFT)
        log = log_descriptor(tmp_path)
        sound = os.dup(log)
        broken = os.open(stand_in, flags)
        os.dup2(broken, log)
        os.close(broken)
        results = await asyncio.gather(*[call(queue) for _ in range(20)], return_exceptions=True)
        os.dup2(sound, log)  # the disk recovers: too late
        os.close(sound)
        with pytest.raises(AuditUnavailableError):
            queue.record(DRAFT)
        assert queue.failed
        await queue.close()
        return kept, told, results

    kept, told, results = asyncio.run(run())

    assert told == ["stop"]
    assert {type(result) for result in results} == {AuditUnavailableError}
    assert [record.levelname for record in caplog.records if record.name.endswith("audit_queue")] == ["CRITICAL"]
    place = FolderPlace(tmp_path)
    assert read_entries(place.readers()["node-1.0"], "node-1.0", 0, 99)[0].leaf == kept.leaf
    place.close()


def test_a_process_whose_disk_is_full_stops_and_has_kept_what_it_acknowledged(tmp_path):
    child = subprocess.run(
        [sys.executable, "-c", LIMITED_WRITER, str(tmp_path)], capture_output=True, text=True, check=False
    )
    acknowledged = {int(number): leaf for number, leaf in (line.split() for line in child.stdout.splitlines())}

    assert child.returncode == 7, child.stderr
    assert len(acknowledged) > 32
    place = FolderPlace(tmp_path)
    found = read_entries(place.readers()["node-1.0"], "node-1.0", 0, 100_000)
    assert {number: found[number].leaf.hex() for number in acknowledged} == acknowledged

    async def go_on():
        queue = AuditQueue(place, "node-1.0", SystemClock(), lambda: None)
        position = await queue.record(DRAFT)
        await queue.close()
        return position.number

    assert asyncio.run(go_on()) == len(found)
    place.close()
