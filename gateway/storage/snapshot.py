"""Copies of several SQLite databases as they all were at one instant, while others write to them.

For that instant nobody can commit to any of them: a few milliseconds. What is copied is what a loss of power at that
instant would have left, which every part of the gateway can start from.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from gateway.domain.errors import StoreUnavailableError
from gateway.storage.engine import BUSY_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def copy_at_once(copies: Mapping[Path, Path]) -> None:
    """Copy databases to files that are not there yet, private and durable.

    Args:
        copies: For each database where its copy goes. The first is the one that others hold longest: while it is
            waited for, nobody else waits.

    Raises:
        StoreUnavailableError: A database failed, or was not to be had in time.
        OSError: A copy could not be made.
    """
    try:
        with ExitStack() as snapshots:
            readers = {source: snapshots.enter_context(closing(_opened(source))) for source in copies}
            with ExitStack() as held:
                for source in copies:
                    held.enter_context(closing(_opened(source))).execute("BEGIN IMMEDIATE")
                for reader in readers.values():
                    reader.execute("BEGIN")
                    reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # the first read takes the snapshot
            for source, target in copies.items():
                _copy(readers[source], target)
    except sqlite3.Error as error:
        raise StoreUnavailableError("a database cannot be copied", kind=type(error).__name__) from error


def _opened(source: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )


def _copy(reader: sqlite3.Connection, target: Path) -> None:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(target)) as copy:
        reader.backup(copy)
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
