"""What was received, on the recipient's own disk: kept before the gateway hears that it is.

A small SQLite file, written through to the disk. An entry is kept whole, as the wire's message, under its place.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from jointsanctions.v1 import referral_pb2 as pb

from adapters.errors import JournalUnavailableError
from formats.civil import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS inbox_entry (
        place INTEGER PRIMARY KEY, received_at TEXT NOT NULL, referral_id TEXT NOT NULL, content BLOB NOT NULL
        ) STRICT""",
    """CREATE TABLE IF NOT EXISTS inbox_acknowledged (
        place INTEGER PRIMARY KEY REFERENCES inbox_entry (place), at TEXT NOT NULL) STRICT""",
)
_KEEP: Final = "INSERT INTO inbox_entry VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING place"
_CONTENT: Final = "SELECT content FROM inbox_entry WHERE place = ?"
_OPEN: Final = "SELECT place FROM inbox_entry WHERE place NOT IN (SELECT place FROM inbox_acknowledged) ORDER BY place"
_ACKNOWLEDGED: Final = "INSERT INTO inbox_acknowledged VALUES (?, ?) ON CONFLICT DO NOTHING"
_ALL: Final = "SELECT content FROM inbox_entry WHERE place > ? ORDER BY place"


class AnotherEntryError(Exception):
    """Under a place that is on record another entry came: it is not the gateway that we had before."""


class InboxBook:
    """The entries that one agency received. For one thread; a second process waits for a moment to write."""

    def __init__(self, path: Path) -> None:
        """Open the book, or begin one, readable by its owner alone.

        Raises:
            JournalUnavailableError: It cannot be opened; the message names it.
        """
        self._path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise JournalUnavailableError(f"{path}: {error}") from error
        with self._writing():
            for table in _TABLES:
                self._connection.execute(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def keep(self, entry: pb.InboxEntry, at: datetime) -> bool:
        """Keep an entry; False when it is there already.

        Raises:
            AnotherEntryError: Another one is there under its place.
            JournalUnavailableError: It cannot be written: nothing may be acknowledged.
        """
        content = entry.SerializeToString(deterministic=True)
        with self._writing():
            row = (entry.place, format_instant(at), entry.referral_id, content)
            if self._rows(_KEEP, row):
                return True
            ((known,),) = self._rows(_CONTENT, (entry.place,))
        if known != content:
            raise AnotherEntryError(f"{self._path}: entry {entry.place} is on record as another one")
        return False

    def unacknowledged(self) -> list[int]:
        """Return the places of what is kept, and not known to be acknowledged, in their order."""
        with self._writing():
            return [row[0] for row in self._rows(_OPEN, ())]

    def acknowledged(self, place: int, at: datetime) -> None:
        """Record that the gateway knows of an entry that it is kept."""
        with self._writing():
            self._connection.execute(_ACKNOWLEDGED, (place, format_instant(at)))

    def entries(self, after: int = 0) -> list[pb.InboxEntry]:
        """Return what is kept behind a place, in its order; empty where there is nothing."""
        with self._writing():
            return [pb.InboxEntry.FromString(row[0]) for row in self._rows(_ALL, (after,))]

    def _rows(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with closing(self._connection.execute(statement, values)) as found:
            return found.fetchall()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, which is on the disk when it ends."""
        try:
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise JournalUnavailableError(f"{self._path}: {error}") from error
