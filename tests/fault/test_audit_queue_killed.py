"""Kill −9 at random points: whatever was acknowledged is in the queue, whole, and the queue goes on."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys

import pytest

from gateway.storage.audit_open import open_queue
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_reader import read_entries
from gateway.storage.audit_verify import flaw

WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from gateway.domain.audit import Draft
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_queue import AuditQueue

class SystemClock:
    def now(self):
        return datetime.now(UTC)

async def call(queue, draft):
    while True:
        position = await queue.record(draft)
        print(position.number, position.leaf.hex(), flush=True)

async def main():
    queue = AuditQueue(FolderPlace(Path(sys.argv[1])), "node-1.0", SystemClock(), sys.exit)
    single = Draft({"outcome": "OK", "case": "x" * 600})
    batch = Draft({"outcome": "OK"}, [{"item": item} for item in range(20)])
    await asyncio.gather(*[call(queue, draft) for draft in [single] * 15 + [batch]])

asyncio.run(main())
"""
KILLS = 20


def acknowledged_until_killed(folder, count):
    """Run a writer, kill it once it has acknowledged *count* entries, and return all that it acknowledged."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True) as child:
        lines = [child.stdout.readline() for _ in range(count)]
        child.kill()
        lines += child.stdout.readlines()
    assert child.returncode == -9
    whole = [line for line in lines if line.endswith("\n")]  # the last may be cut off by the kill
    return {int(number): bytes.fromhex(leaf) for number, leaf in (line.split() for line in whole)}


def settled_entries(place, folder):
    """Open the queue, and count what its main file holds by itself: nothing may rest on the log of a dead process."""
    (folder / "alone").mkdir()
    opened = open_queue(place, "node-1.0")
    shutil.copy(folder / "node-1.0.sqlite", folder / "alone")
    opened.held.close()
    alone = FolderPlace(folder / "alone")
    numbers = alone.next_numbers()
    alone.close()
    return numbers["node-1.0"]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_acknowledged_entry_outlives_the_process(tmp_path, seed):
    place = FolderPlace(tmp_path)
    randomness = random.Random(seed)  # noqa: S311 - where to kill is no secret
    acknowledged = {}
    for _ in range(KILLS // 2):
        now = acknowledged_until_killed(tmp_path, randomness.randint(1, 400))
        assert not now.keys() & acknowledged.keys()
        acknowledged |= now
        found = read_entries(place.readers()["node-1.0"], "node-1.0", 0, 100_000)

        assert [entry.number for entry in found] == list(range(len(found)))
        assert {number: found[number].leaf for number in acknowledged} == acknowledged
    found = read_entries(place.readers()["node-1.0"], "node-1.0", 0, 100_000, with_lines=True)
    assert {flaw(entry) for entry in found} == {""}
    assert settled_entries(place, tmp_path) == len(found)
    place.close()
