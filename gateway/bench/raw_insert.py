"""The measure of an import: the raw driver that inserts the very rows that an import left, and nothing else.

The same tables with the same indexes, the same durability and page cache, one transaction for each of the import's.
Nothing is parsed, checked or looked up, and no record of it is kept. SQLite only.
"""

from __future__ import annotations

import itertools
import sqlite3
import time
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from gateway.storage.engine import WRITER_CACHE_KIB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_REVISION_OF: Final = {
    "revision": "id",
    "enterprise_profile": "revision_from",
    "simple_record": "revision_from",
    "held_notice": "revision_from",
    "listing": "revision",
    "listing_act": "revision",
    "listed_person": "revision",
    "submission": "visible_from",
    "touched": "revision",
    "touched_name": "revision",
}
"""The tables that an import writes, and the column that says with which transaction."""

Rows = dict[str, list[tuple[Any, ...]]]
REVISIONS_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Inserted:
    """How many rows of all tables went in, and how long the driver took, commits included."""

    rows: int
    seconds: float


def insert_again(source: Path, target: Path, limit_rows: int = 0) -> Inserted:
    """Insert what *source* holds into *target*, a store with the same tables and nothing in them.

    Reading *source* is not timed. With *limit_rows* it ends after the transaction in which so many rows are reached.
    """
    read = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    write = sqlite3.connect(target, isolation_level=None)
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"cache_size=-{WRITER_CACHE_KIB}"):
            write.execute(f"PRAGMA {pragma}")
        statements = {table: _insert(read, table) for table in [*_REVISION_OF, "person"]}
        rows, seconds = 0, 0.0
        for transactions in _transactions(read):
            begun = time.perf_counter()
            for transaction in transactions:
                write.execute("BEGIN IMMEDIATE")
                for table, content in transaction.items():
                    write.executemany(statements[table], content)
                write.execute("COMMIT")
            seconds += time.perf_counter() - begun
            rows += sum(len(content) for transaction in transactions for content in transaction.values())
            if limit_rows and rows >= limit_rows:
                break
        return Inserted(rows, seconds)
    finally:
        read.close()
        write.close()


def _insert(read: sqlite3.Connection, table: str) -> str:
    columns = len(read.execute(f"SELECT * FROM {table} LIMIT 0").description)  # noqa: S608 - our own table's name
    return f"INSERT INTO {table} VALUES ({','.join('?' * columns)})"  # noqa: S608 - likewise


def _transactions(read: sqlite3.Connection) -> Iterator[list[Rows]]:
    """Yield the import's transactions in order, some at a time, each as rows by table, in order of reference."""
    persons = iter(read.execute("SELECT * FROM person ORDER BY rowid"))
    (newest,) = read.execute("SELECT max(id) FROM revision").fetchone()
    tables = {table: _by_revision(read, table, column) for table, column in _REVISION_OF.items()}
    for first in range(1, newest + 1, REVISIONS_AT_ONCE):
        found: list[Rows] = []
        for revision in range(first, min(first + REVISIONS_AT_ONCE, newest + 1)):
            rows = {table: content for table, take in tables.items() if (content := take(revision))}
            rows["person"] = list(itertools.islice(persons, len(rows.get("enterprise_profile", ()))))
            found.append(rows)
        yield found


def _by_revision(read: sqlite3.Connection, table: str, column: str) -> Callable[[int], list[tuple[Any, ...]]]:
    """Return what takes the rows of one revision after another: they were inserted in that order."""
    groups = itertools.groupby(read.execute(f"SELECT {column}, * FROM {table} ORDER BY rowid"), itemgetter(0))  # noqa: S608 - our own names
    waiting = next(groups, None)

    def take(revision: int) -> list[tuple[Any, ...]]:
        nonlocal waiting
        if waiting is None or waiting[0] != revision:
            return []
        rows = [row[1:] for row in waiting[1]]
        waiting = next(groups, None)
        return rows

    return take
