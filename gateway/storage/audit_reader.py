"""Reading audit queues: by the index, by exports, by whoever checks them, in any process, while the writer writes.

A reader takes no lock and holds up nobody. Nothing here verifies what it reads (``audit_verify``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from gateway.domain.audit import Entry, Line
from gateway.storage.audit_tables import entries, from_microseconds, lines, writers
from gateway.storage.engine import reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Engine, Row

_ENTRY_COLUMNS: Final = (
    entries.c.number,
    entries.c.time_us,
    entries.c.envelope,
    entries.c.salt,
    entries.c.body,
    entries.c.leaf,
)
_LINE_COLUMNS: Final = (lines.c.number, lines.c.item, lines.c.salt, lines.c.content, lines.c.leaf)


def read_next_numbers(engine: Engine) -> dict[str, int]:
    """Return each writer in this database, and the number that its next entry will have.

    Raises:
        StoreUnavailableError: The database failed.
    """
    with reading(engine) as connection:
        return {row.writer: row.next_number for row in connection.execute(select(writers))}


def read_entries(engine: Engine, writer: str, from_number: int, limit: int, *, with_lines: bool = False) -> list[Entry]:
    """Return up to *limit* entries of *writer* in order, from *from_number* on; empty at the end of the queue.

    Args:
        engine: Database that holds the queue.
        writer: Name of the queue.
        from_number: First number, from 0.
        limit: Entries at most.
        with_lines: Read batch lines too; without it ``Entry.lines`` is empty.

    Raises:
        StoreUnavailableError: The database failed.
    """
    with reading(engine) as connection:
        return entries_from(connection, writer, from_number, limit, with_lines=with_lines)


def entries_from(connection: Connection, writer: str, from_number: int, limit: int, *, with_lines: bool) -> list[Entry]:
    """Do what ``read_entries`` does, within a transaction of the caller's."""
    found = connection.execute(
        select(*_ENTRY_COLUMNS)
        .where(entries.c.writer == writer, entries.c.number >= from_number)
        .order_by(entries.c.number)
        .limit(limit)
    ).all()
    by_number: dict[int, list[Line]] = {}
    if with_lines and found:
        of_these = connection.execute(
            select(*_LINE_COLUMNS)
            .where(lines.c.writer == writer, lines.c.number.between(found[0].number, found[-1].number))
            .order_by(lines.c.number, lines.c.item)
        ).all()  # at once: row by row costs twice as much, and a batch has hundreds
        for number, _, salt, content, leaf in of_these:
            by_number.setdefault(number, []).append(Line(salt, content, leaf))
    return [_entry(writer, row, by_number.get(row.number, ())) for row in found]


def read_envelopes(engine: Engine, writer: str, from_number: int, count: int) -> list[bytes]:
    """Return the envelopes of the entries from *from_number* on, in order, *count* of them or as many as there are.

    It ends before a number that is missing. Raises ``StoreUnavailableError`` when the database failed.
    """
    wanted = (entries.c.writer == writer, entries.c.number.between(from_number, from_number + count - 1))
    with reading(engine) as connection:
        found = connection.execute(
            select(entries.c.number, entries.c.envelope).where(*wanted).order_by(entries.c.number)
        ).all()
    return [row.envelope for place, row in enumerate(found) if row.number == from_number + place]


def read_numbered(engine: Engine, writer: str, numbers: Iterable[int]) -> dict[int, Entry]:
    """Return the entries of *writer* with these numbers, without lines; a number that does not exist is left out.

    Raises:
        StoreUnavailableError: The database failed.
    """
    statement = select(*_ENTRY_COLUMNS).where(entries.c.writer == writer, entries.c.number.in_(list(numbers)))
    with reading(engine) as connection:
        return {row.number: _entry(writer, row, ()) for row in connection.execute(statement)}


def read_lines(engine: Engine, writer: str, items: Mapping[int, Sequence[int]]) -> dict[tuple[int, int], Line]:
    """Return lines of batches by (number, item).

    Args:
        engine: Database that holds the queue.
        writer: Name of the queue.
        items: For each number the items wanted; one that does not exist is left out.

    Raises:
        StoreUnavailableError: The database failed.
    """
    found: dict[tuple[int, int], Line] = {}
    with reading(engine) as connection:
        for number, wanted in items.items():
            statement = select(*_LINE_COLUMNS).where(
                lines.c.writer == writer, lines.c.number == number, lines.c.item.in_(wanted)
            )
            for row in connection.execute(statement):
                found[number, row.item] = Line(row.salt, row.content, row.leaf)
    return found


def _entry(writer: str, row: Row[*tuple[Any, ...]], its_lines: Sequence[Line]) -> Entry:
    return Entry(
        writer=writer,
        number=row.number,
        time=from_microseconds(row.time_us),
        envelope=row.envelope,
        salt=row.salt,
        body=row.body,
        leaf=row.leaf,
        lines=tuple(its_lines),
    )
