"""Erasing body, salt and batch lines of recorded calls in their queues, and with them what the index holds.

It works beside the writer of a queue, in any process: a transaction is short, and touches no row that the writer
will. First the index forgets, then the queue: killed in between, the next run finds the entry again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from gateway.storage.audit_reader import entries_from, read_entries
from gateway.storage.audit_tables import entries, lines, to_microseconds
from gateway.storage.audit_verify import flaw
from gateway.storage.engine import is_sqlite, reading, writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Engine

    from gateway.domain.audit import Entry
    from gateway.storage.access_index import AccessIndex
    from gateway.storage.audit_place import DatabasePlace, FolderPlace


class EntryChangedError(Exception):
    """An entry is not what it was when it was read, or not what erasing should have left: which writer and number."""

    def __init__(self, entry: Entry, what: str) -> None:
        super().__init__(f"audit queue of writer {entry.writer!r}, number {entry.number}: {what}")


class QueueArchive:
    """The port ``AuditArchive`` over all queues of one place. Safe to use from several threads."""

    def __init__(self, place: FolderPlace | DatabasePlace, index: AccessIndex) -> None:
        self._place = place
        self._index = index

    def writers(self) -> list[str]:
        """Return the names of all queues; see the port."""
        return sorted(self._place.next_numbers())

    def older(self, writer: str, from_number: int, before: datetime, limit: int) -> list[Entry]:
        """Return entries whose time may be over; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        wanted = (
            select(entries.c.number)
            .where(entries.c.writer == writer, entries.c.number >= from_number)
            .where(entries.c.time_us < to_microseconds(before), func.length(entries.c.salt) > 0)
            .order_by(entries.c.number)
            .limit(limit)
        )
        with reading(self._engine(writer)) as connection:
            numbers = set(connection.execute(wanted).scalars())
            if not numbers:
                return []
            first, last = min(numbers), max(numbers)
            found = entries_from(connection, writer, first, last - first + 1, with_lines=False)
        return [entry for entry in found if entry.number in numbers]

    def newest_until(self, moment: datetime) -> datetime | None:
        """Return the time of the newest entry recorded by *moment*; see the port.

        Entries of a queue never go back in time, so that each queue is bisected.

        Raises:
            StoreUnavailableError: The database failed.
        """
        found = (self._newest_of(writer, end, moment) for writer, end in self._place.next_numbers().items())
        return max((time for time in found if time is not None), default=None)

    def _newest_of(self, writer: str, end: int, moment: datetime) -> datetime | None:
        begin, newest = 0, None
        while begin < end:
            middle = (begin + end) // 2
            (entry,) = read_entries(self._engine(writer), writer, middle, 1)
            if entry.time <= moment:
                begin, newest = middle + 1, entry.time
            else:
                end = middle
        return newest

    def whole(self, entry: Entry) -> Entry:
        """Return an entry with its lines; see the port.

        Raises:
            EntryChangedError: It is not there any more.
            StoreUnavailableError: The database failed.
        """
        found = read_entries(self._engine(entry.writer), entry.writer, entry.number, 1, with_lines=True)
        if not found or found[0].number != entry.number:
            raise EntryChangedError(entry, "is missing")
        return found[0]

    def flaw(self, entry: Entry) -> str:
        """Return what is wrong with an entry; see the port."""
        return flaw(entry)

    def erase(self, gone: Sequence[tuple[Entry, bytes]]) -> None:
        """Erase entries of one queue; see the port.

        Raises:
            EntryChangedError: One is not what was read any more, or not what erasing should have left.
            EntryUnreadableError: One is not that of a recorded call.
            StoreUnavailableError: A database failed; nothing of the queue was erased unless its commit failed.
        """
        if not gone:
            return
        writer = gone[0][0].writer
        engine = self._engine(writer)
        self._index.forget([entry for entry, _ in gone])
        bodies = [{"its": entry.number, "was": entry.leaf, "said": body} for entry, body in gone]
        with writing(engine) as connection:
            if is_sqlite(connection):
                # What was there is overwritten, not only left for others to use.
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            for values in bodies:
                done = connection.execute(_ERASE_ENTRY, {**values, "of": writer})
                if done.rowcount != 1:
                    raise EntryChangedError(gone[bodies.index(values)][0], "was changed meanwhile")
            connection.execute(_ERASE_LINES, [{"its": entry.number, "of": writer} for entry, _ in gone])
        for entry, _ in gone:
            if left := flaw(self.whole(entry)):
                raise EntryChangedError(entry, left)
        _settle(engine)

    def _engine(self, writer: str) -> Engine:
        return self._place.readers()[writer]


_ERASE_ENTRY: Any = (
    update(entries)
    .where(entries.c.writer == bindparam("of"), entries.c.number == bindparam("its"))
    .where(entries.c.leaf == bindparam("was"))
    .values(salt=b"", body=bindparam("said"))
)
_ERASE_LINES: Any = (
    update(lines)
    .where(lines.c.writer == bindparam("of"), lines.c.number == bindparam("its"))
    .values(salt=b"", content=b"")
)


def _settle(engine: Engine) -> None:
    """Move what was overwritten out of SQLite's log into its file, as far as no reader is in the way."""
    if is_sqlite(engine):
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        finally:
            connection.close()
