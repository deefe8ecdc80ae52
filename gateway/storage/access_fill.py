"""Keeping the access index level with the queues: incrementally, by number, by any number of processes at once.

Each chunk of a queue goes in with the number reached, in one transaction under a write lock, so that an entry is in
the index once, whoever put it there.
"""

from __future__ import annotations

import hmac
import logging
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, insert, select, text, update

from gateway.domain.audit import may_have_lines
from gateway.storage.access_rows import EntryUnreadableError, index_rows
from gateway.storage.access_tables import SCHEMA, metadata, parties, progress, rows, state, told
from gateway.storage.access_volume import add_questions, take_questions
from gateway.storage.audit_reader import read_entries
from gateway.storage.audit_write import copy_rows, insert_rows
from gateway.storage.engine import is_sqlite, reading, writing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Engine, Table

    from gateway.domain.audit import Entry

CHUNK: Final = 10_000
"""Entries that go in under one lock: of an entry alone each index writes a whole page, of ten thousand some at once."""
BATCHES: Final = 50
"""Batches among them at most, of up to 1,000 lines each."""
_LOCK: Final = 0x6A736701
_CACHE_KIB: Final = 32 * 1024
"""Of the ten indexes on SQLite, each written at random places; the default of 2 MiB holds none of them."""
_log: Final = logging.getLogger(__name__)


def ensure(index: Engine, key: bytes) -> None:
    """Make the index's tables; drop what another version or another key has made.

    Raises:
        StoreUnavailableError: The database failed.
    """
    with writing(index) as connection:
        _lock(connection)
        metadata.create_all(connection)
        wanted = (SCHEMA, hmac.digest(key, b"access index", "sha256").hex())
        found = connection.execute(select(state.c.schema, state.c.key_check)).one_or_none()
        if found is None or tuple(found) != wanted:
            _empty(connection)
            connection.execute(insert(state).values(schema=wanted[0], key_check=wanted[1]))


def empty(index: Engine, key: bytes) -> None:
    """Drop everything in the index, so that the next filling starts anew.

    Raises:
        StoreUnavailableError: The database failed.
    """
    with writing(index) as connection:
        _lock(connection)
        _empty(connection)
    ensure(index, key)


def read_progress(index: Engine) -> dict[str, int]:
    """Return for each writer the first number that is not in the index.

    Raises:
        StoreUnavailableError: The database failed.
    """
    with reading(index) as connection:
        return {row.writer: row.next_number for row in connection.execute(select(progress))}


def fill(index: Engine, queues: Mapping[str, Engine], until: Mapping[str, int], key: bytes) -> None:
    """Put the entries of each writer into the index, up to the number *until* exclusive.

    Raises:
        EntryUnreadableError: An entry is not that of a recorded call; what came before it is in.
        StoreUnavailableError: A database failed.
    """
    reached = read_progress(index)
    for writer, end in until.items():
        while reached.get(writer, 0) < end:
            reached[writer] = _fill_chunk(index, queues[writer], writer, end, key)


def forget(index: Engine, entries: Sequence[Entry], key: bytes) -> None:
    """Delete the rows of *entries*, each given with its lines; what is not in the index yet will not get there erased.

    Raises:
        EntryUnreadableError: An entry is not that of a recorded call.
        StoreUnavailableError: The database failed.
    """
    with writing(index) as connection:
        _lock(connection)
        if is_sqlite(connection):
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        for entry in entries:
            found = index_rows(entry, key)
            take_questions(connection, found.rows)
            for table, values in ((rows, found.rows), (parties, found.parties), (told, found.told)):
                _delete(connection, table, values)


def _delete(connection: Connection, table: Table, values: list[tuple[object, ...]]) -> None:
    names = [column.name for column in table.primary_key.columns]
    if values:
        places = [{f"_{name}": row[table.columns.keys().index(name)] for name in names} for row in values]
        connection.execute(delete(table).where(*(table.c[name] == bindparam(f"_{name}") for name in names)), places)


def _fill_chunk(index: Engine, queue: Engine, writer: str, end: int, key: bytes) -> int:
    """Put one more chunk in, if another process has not reached *end* meanwhile; return the number reached."""
    with writing(index) as connection:
        _lock(connection)
        start = connection.execute(select(progress.c.next_number).where(progress.c.writer == writer)).scalar()
        if start is None:
            connection.execute(insert(progress).values(writer=writer, next_number=0))
            start = 0
        if start >= end:
            return start
        chunk = read_entries(queue, writer, start, CHUNK)
        if any(may_have_lines(entry.body) for entry in chunk):
            chunk = read_entries(queue, writer, start, _with_few_batches(chunk), with_lines=True)
        _check_gaps(writer, start, chunk)
        found = [index_rows(entry, key) for entry in chunk]
        calls = [row for each in found for row in each.rows]
        _insert(connection, rows, calls)
        add_questions(connection, calls)
        _insert(connection, parties, [party for each in found for party in each.parties])
        _insert(connection, told, [row for each in found for row in each.told])
        reached = start + len(chunk)
        connection.execute(update(progress).where(progress.c.writer == writer).values(next_number=reached))
        return reached


def _with_few_batches(chunk: Sequence[Entry]) -> int:
    """Return how many of the first entries have no more batches among them than go in at once."""
    batches = [place for place, entry in enumerate(chunk) if may_have_lines(entry.body)]
    return len(chunk) if len(batches) <= BATCHES else batches[BATCHES]


def _insert(connection: Connection, table: Table, values: list[tuple[object, ...]]) -> None:
    if values:
        cursor = connection.connection.cursor()
        try:
            (insert_rows if is_sqlite(connection) else copy_rows)(cursor, table, values)
        finally:
            cursor.close()


def _check_gaps(writer: str, start: int, chunk: Sequence[Entry]) -> None:
    if not chunk:
        raise EntryUnreadableError(writer, start, "it is missing from the queue")
    for number, entry in enumerate(chunk, start=start):
        if entry.number != number:
            raise EntryUnreadableError(writer, number, "it is missing from the queue")


def _empty(connection: Connection) -> None:
    _log.info("the access index is made anew from the queues")
    metadata.drop_all(connection)
    metadata.create_all(connection)


def _lock(connection: Connection) -> None:
    """Be the only one who changes the index until the transaction ends; SQLite's ``BEGIN IMMEDIATE`` has done it."""
    if is_sqlite(connection):
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
