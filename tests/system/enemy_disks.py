"""Disks of a few mebibytes, to be filled: a tmpfs for a node's state, for its log alone, or for the database.

It needs root.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from enemy_evils import Evil
from enemy_nodes import FilesOfTheirOwn, Ground, require_root

MEBI = 1 << 20
BALLAST = "ballast"


def fill(disk):
    """Leave no byte of a disk free; what has a block of its own already can still be written there."""
    block = MEBI
    with (Path(disk) / BALLAST).open("ab", buffering=0) as file:
        while block:
            try:
                os.write(file.fileno(), b"\0" * block)
            except OSError:
                block //= 2


def empty(disk):
    """Give the space back."""
    with suppress(FileNotFoundError):
        (Path(disk) / BALLAST).unlink()


@contextmanager
def disk_of(mebibytes, folder):
    """Mount a disk of so many mebibytes on *folder*, which is made."""
    require_root()
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["/usr/bin/mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=755", "jsg-disk", folder]
    subprocess.run(mount, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["/usr/bin/umount", "--lazy", folder], check=True)


class OwnDisk(FilesOfTheirOwn):
    """One node on SQLite, all of which lies on a disk of its own: facts, queue, log, and what it writes of itself."""

    def __init__(self, stack):
        self._stack = stack
        self.disk = None

    def state(self, folder):
        """Mount the disk where the node will lie."""
        self.disk = self._stack.enter_context(disk_of(256, folder))


class LogDisks(Ground):
    """Two nodes whose published logs lie on disks of their own."""

    def __init__(self, stack):
        self._stack = stack
        self.disks = []

    def state(self, folder):
        """Mount the disk where the node's log will lie."""
        self.disks.append(self._stack.enter_context(disk_of(64, folder / "var" / "log")))


class DatabaseDisk(Ground):
    """Two nodes over a database on a disk of its own, with room for its log of writes and little more."""

    settings = ("max_wal_size=48MB", "min_wal_size=32MB")

    def __init__(self, stack):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jsg-disk-", dir="/tmp")))
        folder.chmod(0o755)  # the server has a user of its own
        self.within = self.disk = stack.enter_context(disk_of(512, folder / "disk"))


def _full(disk, victims, chance, **more):
    return Evil(victims, lambda: fill(disk()), lambda: empty(disk()), chance.uniform(3.0, 8.0), **more)


def own_disk_full(ground):
    """Return what fills the one disk of a node on SQLite."""
    return {"disk of a node on SQLite full": lambda nodes, chance: _full(lambda: ground.disk, nodes.nodes, chance)}


def log_disks_full(ground):
    """Return what fills the disks of the logs of both nodes: nobody's answer waits for them."""

    def evil_of(nodes, chance):
        def begin():
            for disk in ground.disks:
                fill(disk)

        def end():
            for disk in ground.disks:
                empty(disk)

        return Evil(nodes.nodes, begin, end, chance.uniform(3.0, 8.0), lives=True)

    return {"disks of the log full": evil_of}


def database_disk_full(ground):
    """Return what fills the database's disk; where it ends of that, it is started when there is room again."""

    def evil_of(nodes, chance):
        def end():
            empty(ground.disk)
            nodes.server.start_again()

        return Evil(nodes.nodes, lambda: fill(ground.disk), end, chance.uniform(3.0, 8.0))

    return {"disk of the database full": evil_of}
