"""Finding recorded calls: a side index over every queue, brought up to date before each search.

It answers who asked about whom, when and with which outcome. It is no record itself: it can be lost or dropped and is
made anew from the queues. Who may see which part of a found call is decided elsewhere.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from gateway.domain.call_record import OK
from gateway.storage import access_fill
from gateway.storage.access_asked import asked_page, read_asked_token, write_asked_token
from gateway.storage.access_call import read_call, row_at
from gateway.storage.access_query import PLACE, page
from gateway.storage.access_reviews import read_reviews_token, reviews_page, write_reviews_token
from gateway.storage.access_tables import IS_RELEASE, rows
from gateway.storage.access_token import Place, read_token, write_token
from gateway.storage.access_told import read_told, read_told_about, read_unnamed
from gateway.storage.audit_reader import read_lines, read_numbered
from gateway.storage.engine import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from gateway.domain.audit import Entry, Line
    from gateway.domain.endings import Told
    from gateway.services.ports.audit import AccessFilter, AccessRow, AskedFilter
    from gateway.services.ports.endings import Unnamed
    from gateway.services.ports.outcomes import RecordedCall
    from gateway.storage.audit_place import DatabasePlace, FolderPlace

KEY_BYTES: Final = 32
"""Least length of the key."""
LOOK_SECONDS: Final = 0.01
"""How often it is looked whether another process has brought the index up to date."""
FEW: Final = 100
"""Entries that are indexed here: some milliseconds, less than another process takes to begin."""
PATIENCE_SECONDS: Final = 10.0
"""How long another process may take to get on by a chunk, which is a second of CPU, before it is done here."""
_log: Final = logging.getLogger(__name__)


class AccessIndex:
    """The port ``AccessSearch`` over all queues of one place. Blocking, and usable from any thread."""

    def __init__(
        self, place: FolderPlace | DatabasePlace, key_file: Path, ask: Callable[[], bool] = lambda: False
    ) -> None:
        """Open the index, and make it when there is none.

        Args:
            place: Where the queues lie; the index lies there too.
            key_file: At least ``KEY_BYTES`` bytes, the same for every process: officers are kept as hashes under it.
            ask: Asks another process to bring the index up to date, and returns whether there is one.

        Raises:
            ValueError: The key is too short.
            OSError: The key cannot be read.
            StoreUnavailableError: The database failed.
        """
        self._key: Final = key_file.read_bytes()
        if len(self._key) < KEY_BYTES:
            raise ValueError(f"{key_file}: a key of {len(self._key)} bytes is shorter than {KEY_BYTES}")
        self._place: Final = place
        self._ask: Final = ask
        self._engine: Final = place.index_engine()
        # One filler a process: it holds a connection of the index and one of the queue, and the pool has few.
        self._filling: Final = threading.Lock()
        access_fill.ensure(self._engine, self._key)

    def search(self, wanted: AccessFilter, size: int, token: str) -> tuple[list[AccessRow], str]:
        """Return one page, newest first, and the token of the next (empty on the last).

        A batch comes before its items. Entries recorded before the call are found by it; one recorded while pages are
        read is never shown twice.

        Args:
            wanted: Every condition that is set must hold.
            size: Rows a page, at least 1.
            token: Of the page wanted, empty for the first.

        Raises:
            ValueError: *size* is below 1, or *token* is none, was changed, or belongs to another search.
            EntryUnreadableError: An entry is missing from its queue, or is not that of a recorded call.
            StoreUnavailableError: A database failed.
        """
        if size < 1:
            raise ValueError(f"a page has at least one row, not {size}")
        after = read_token(self._key, wanted, token) if token else None
        self.catch_up()
        with reading(self._engine) as connection:
            found = [Place(*row) for row in connection.execute(page(wanted, self._key, after, size + 1))]
        shown = found[:size]
        following = write_token(self._key, wanted, shown[-1]) if len(found) > size else ""
        return self.rows_at(shown), following

    def asked(self, wanted: AskedFilter, size: int, token: str) -> tuple[list[AccessRow], str]:
        """Return one page of answered questions about an enterprise; see the port. Raises what ``search`` does."""
        if size < 1:
            raise ValueError(f"a page has at least one row, not {size}")
        after = read_asked_token(self._key, wanted, token) if token else None
        self.catch_up()
        with reading(self._engine) as connection:
            found = [Place(*row) for row in connection.execute(asked_page(wanted, after, size + 1))]
        shown = found[:size]
        following = write_asked_token(self._key, wanted, shown[-1]) if len(found) > size else ""
        return self.rows_at(shown), following

    def reviews(self, size: int, token: str) -> tuple[list[AccessRow], str]:
        """Return one page of signed reviews, newest first; see the port ``Reviews``. Raises what ``search`` does."""
        after = read_reviews_token(self._key, token) if token else None
        self.catch_up()
        with reading(self._engine) as connection:
            found = [Place(*row) for row in connection.execute(reviews_page(after, size + 1))]
        shown = found[:size]
        following = write_reviews_token(self._key, shown[-1]) if len(found) > size else ""
        return self.rows_at(shown), following

    def releases(self) -> list[AccessRow]:
        """Return every call that released an investigation, the oldest first; raises what ``search`` does."""
        self.catch_up()
        wanted = select(*(rows.c[name] for name in PLACE)).where(IS_RELEASE, rows.c.outcome == OK)
        with reading(self._engine) as connection:
            found = [Place(*row) for row in connection.execute(wanted.order_by(rows.c.time_us))]
        return self.rows_at(found)

    def told(self, record_ids: Sequence[str], agency: str) -> list[Told]:
        """Return who was told of these records, one a record, agency and case; *agency* is empty for all.

        Raises:
            EntryUnreadableError: An entry is missing from its queue, or is not that of a recorded call.
            StoreUnavailableError: A database failed.
        """
        self.catch_up()
        with reading(self._engine) as connection:
            return list(read_told(connection, record_ids, agency))

    def told_about(self, pairs: Sequence[tuple[str, str]], agency: str) -> list[Told]:
        """Return who was told of a record in answers about an enterprise; see the port. Raises what ``told`` does."""
        self.catch_up()
        with reading(self._engine) as connection:
            return list(read_told_about(connection, pairs, agency))

    def unnamed(self, agency: str) -> list[Unnamed]:
        """Return the answers whose entries do not name all records that they told of; *agency* is empty for all.

        Raises what ``told`` does.
        """
        self.catch_up()
        with reading(self._engine) as connection:
            return list(read_unnamed(connection, agency))

    def call_at(self, writer: str, number: int) -> RecordedCall | None:
        """Return the call recorded at a position; see the port ``RecordedCalls``. It needs no index, and asks for none.

        Raises:
            EntryUnreadableError: Its body or a line is not that of a recorded call.
            StoreUnavailableError: The database failed.
        """
        return read_call(self._place.readers(), writer, number)

    def forget(self, entries: Sequence[Entry]) -> None:
        """Take out what is kept of entries that are about to be erased; each is given with its lines.

        Raises:
            EntryUnreadableError: An entry is not that of a recorded call.
            StoreUnavailableError: The database failed.
        """
        access_fill.forget(self._engine, entries, self._key)

    def rebuild(self) -> None:
        """Drop the index and fill it again from the queues.

        Raises:
            EntryUnreadableError: An entry is not that of a recorded call.
            StoreUnavailableError: A database failed.
        """
        with self._filling:
            access_fill.empty(self._engine, self._key)
        self.catch_up()

    def close(self) -> None:
        """Close what the place has opened for reading; a shared engine stays open."""
        self._place.close()

    def catch_up(self) -> None:
        """Bring the index up to date, so that the next search has less to do; safe at any time, in any process.

        Raises:
            EntryUnreadableError: An entry is not that of a recorded call.
            StoreUnavailableError: A database failed.
        """
        with self._filling:
            # In this order: the queues may grow in between, and the index by another process with them.
            reached = access_fill.read_progress(self._engine)
            ends = self._place.next_numbers()
            if any(number > ends.get(writer, 0) for writer, number in reached.items()):
                _log.warning("the access index is ahead of the queues, as after a restored backup: it is made anew")
                access_fill.empty(self._engine, self._key)
            elif self._filled_elsewhere(reached, ends):
                return
            access_fill.fill(self._engine, self._place.readers(), ends, self._key)

    def _filled_elsewhere(self, reached: Mapping[str, int], ends: Mapping[str, int]) -> bool:
        """Have another process fill the index up to *ends*, as long as it gets on; return whether it has.

        *reached* is how far it was. Few entries are nobody else's work.
        """
        if _waiting(reached, ends) <= FEW or not self._ask():
            return False
        patient_until = time.monotonic() + PATIENCE_SECONDS
        while _waiting(reached, ends):
            time.sleep(LOOK_SECONDS)
            before, reached = reached, access_fill.read_progress(self._engine)
            if reached != before:
                patient_until = time.monotonic() + PATIENCE_SECONDS
            elif time.monotonic() > patient_until:
                return False
        return True

    @contextmanager
    def up_to_date(self) -> Iterator[Connection]:
        """Give a connection for reading the index, once it has been brought up to date.

        Raises:
            EntryUnreadableError: An entry is not that of a recorded call.
            StoreUnavailableError: A database failed.
        """
        self.catch_up()
        with reading(self._engine) as connection:
            yield connection

    def rows_at(self, places: Sequence[Place]) -> list[AccessRow]:
        """Return what stands at these places, read from the queues.

        Raises:
            EntryUnreadableError: An entry is missing from its queue, or is not that of a recorded call.
            StoreUnavailableError: A database failed.
        """
        engines = self._place.readers()
        entries: dict[tuple[str, int], Entry] = {}
        lines: dict[tuple[str, int, int], Line] = {}
        for writer in {place.writer for place in places} & engines.keys():
            mine = [place for place in places if place.writer == writer]
            numbers = {place.number for place in mine}
            for number, entry in read_numbered(engines[writer], writer, numbers).items():
                entries[writer, number] = entry
            items: dict[int, list[int]] = {}
            for place in mine:
                if place.rank:
                    items.setdefault(place.number, []).append(-place.rank - 1)
            for (number, item), line in read_lines(engines[writer], writer, items).items():
                lines[writer, number, item] = line
        return [row_at(place, entries, lines) for place in places]


def _waiting(reached: Mapping[str, int], ends: Mapping[str, int]) -> int:
    """Return how many entries below *ends* are not in an index that has *reached* so far."""
    return sum(max(0, end - reached.get(writer, 0)) for writer, end in ends.items())
