"""The durable side of one audit queue: opening it, appending to it, and refusing to go on with a damaged one.

One connection is held for life by the one thread that commits. It knows no event loop and no waiters
(``audit_queue``). Whatever goes wrong leaves as an exception, and after one the store must not be used again: after a
failed sync the pages count as clean, so a second try would succeed and the data would be gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update

from gateway.storage.audit_reader import entries_from
from gateway.storage.audit_tables import entries, lines, to_microseconds, writers
from gateway.storage.audit_verify import flaw
from gateway.storage.audit_write import copy_rows, insert_rows
from gateway.storage.engine import is_sqlite

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from gateway.domain.audit import Entry
    from gateway.storage.audit_write import Write

TAIL: Final = 1_000
"""Entries whose hashes are checked before a queue is written to again."""
TAIL_WITH_LINES: Final = 16
"""Of these the newest, whose batch lines are checked too: up to 1,000 lines each."""
_ADVANCE: Final = f"UPDATE {writers.name} SET next_number = ? WHERE writer = ? AND epoch = ? AND next_number = ?"  # noqa: S608 - a name of ours


class QueueDamagedError(Exception):
    """A queue is not what its writer left: which writer, which number, what differs. The writer must not start."""

    def __init__(self, writer: str, number: int, what: str) -> None:
        super().__init__(f"audit queue of writer {writer!r}, number {number}: {what}")
        self.writer = writer
        self.number = number


class DeposedError(Exception):
    """Another process has opened this writer's queue since: nothing was stored."""


class NotDurableError(Exception):
    """The database is set up so that what it acknowledges can be lost."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Where a queue goes on: the next number, and the time of its last entry (None when it is empty)."""

    next_number: int
    last_time: datetime | None


class QueueStore:
    """One writer's rows in one database."""

    def __init__(self, engine: Engine, writer: str) -> None:
        self._engine: Final = engine
        self._connection: Final = engine.connect()
        self._writer: Final = writer
        self._epoch = 0
        self._write: Final[Write] = insert_rows if is_sqlite(engine) else copy_rows
        self._advancing: Final = _ADVANCE if is_sqlite(engine) else _ADVANCE.replace("?", "%s")

    def open(self) -> Tail:
        """Depose whoever wrote this queue before, verify its tail, and return where to go on.

        Raises:
            QueueDamagedError: The tail is not what was written.
            NotDurableError: The database does not sync what it acknowledges.
            SQLAlchemyError, sqlite3.Error: The database failed.
        """
        if is_sqlite(self._engine):
            self._settle_sqlite()
        with self._connection.begin():
            if not is_sqlite(self._engine) and self._connection.exec_driver_sql("SHOW fsync").scalar_one() != "on":
                raise NotDurableError("PostgreSQL runs with fsync off: it can lose what it acknowledged")
            self._epoch, next_number = self._take_over()
            last_time = _verify_tail(self._connection, self._writer, next_number)
        return Tail(next_number, last_time)

    def append(self, batch: Sequence[Entry]) -> None:
        """Store *batch*, in order and next in number; it is durable when this returns.

        Raises:
            DeposedError: Another process has opened the queue since.
            Exception: Anything else that the database or its driver raised; it is not known what was stored.
        """
        first = batch[0].number
        line_rows = [
            (entry.writer, entry.number, item, line.salt, line.content, line.leaf)
            for entry in batch
            for item, line in enumerate(entry.lines)
        ]
        with self._connection.begin():
            cursor = self._connection.connection.cursor()
            try:
                self._advance(cursor, first, first + len(batch))
                self._write(cursor, entries, [_row(entry) for entry in batch])
                if line_rows:
                    self._write(cursor, lines, line_rows)
            finally:
                cursor.close()

    def look(self) -> None:
        """See that the database answers, and that the queue is still this process's.

        Raises:
            DeposedError: Another process has opened the queue since.
            SQLAlchemyError: The database failed.
        """
        with self._connection.begin():
            mine = select(writers.c.epoch).where(writers.c.writer == self._writer)
            if self._connection.execute(mine).scalar() != self._epoch:
                raise DeposedError(f"writer {self._writer!r} has been opened by another process since")

    def close(self) -> None:
        """Give the connection back. Nothing can be appended any more."""
        self._connection.close()
        self._engine.dispose()

    def _settle_sqlite(self) -> None:
        """Move everything out of the write-ahead log before the first commit.

        If the last process died of a failed sync, the log's tail may exist in memory only, and what is appended behind
        it would be lost with it. Copying it into the main file writes it anew.
        """
        cursor = self._connection.connection.cursor()
        try:
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            (mode,) = cursor.execute("PRAGMA journal_mode").fetchone()
            (synchronous,) = cursor.execute("PRAGMA synchronous").fetchone()
        finally:
            cursor.close()
        if busy:
            raise NotDurableError(f"a reader keeps the log of writer {self._writer!r} from being settled")
        if (mode, synchronous) != ("wal", 2):
            raise NotDurableError(f"SQLite runs with journal_mode={mode}, synchronous={synchronous}")

    def _advance(self, cursor: Any, first: int, following: int) -> None:  # noqa: ANN401 - a driver's cursor
        """Take the numbers *first* to *following*, exclusive; the row stays locked until the commit."""
        cursor.execute(self._advancing, (following, self._writer, self._epoch, first))
        if cursor.rowcount != 1:
            raise DeposedError(f"writer {self._writer!r} has been opened by another process since")

    def _take_over(self) -> tuple[int, int]:
        mine = writers.c.writer == self._writer
        raised = self._connection.execute(update(writers).where(mine).values(epoch=writers.c.epoch + 1))
        if raised.rowcount == 0:
            self._connection.execute(insert(writers).values(writer=self._writer, epoch=1, next_number=0))
        row = self._connection.execute(select(writers.c.epoch, writers.c.next_number).where(mine)).one()
        return row.epoch, row.next_number


def _row(entry: Entry) -> tuple[str, int, int, bytes, bytes, bytes, bytes]:
    time_us = to_microseconds(entry.time)
    return entry.writer, entry.number, time_us, entry.envelope, entry.salt, entry.body, entry.leaf


def _verify_tail(connection: Connection, writer: str, next_number: int) -> datetime | None:
    """Return the time of the last entry; raise when anything of the tail is not as it was written."""
    newest = connection.execute(select(func.max(entries.c.number)).where(entries.c.writer == writer)).scalar()
    found = -1 if newest is None else newest
    if found != next_number - 1:
        raise QueueDamagedError(writer, next_number - 1, f"should be the last entry, and the last is {found}")
    first = max(0, next_number - TAIL)
    tail = entries_from(connection, writer, first, TAIL, with_lines=False)
    with_lines_from = max(0, next_number - TAIL_WITH_LINES)
    tail[with_lines_from - first :] = entries_from(connection, writer, with_lines_from, TAIL, with_lines=True)
    last_time: datetime | None = None
    for number, entry in enumerate(tail, start=first):
        if entry.number != number:
            raise QueueDamagedError(writer, number, "is missing")
        if wrong := flaw(entry, with_lines=number >= with_lines_from):
            raise QueueDamagedError(writer, number, wrong)
        if last_time is not None and entry.time < last_time:
            raise QueueDamagedError(writer, number, "is older than the entry before it")
        last_time = entry.time
    return last_time
