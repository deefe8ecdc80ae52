"""The port ``DayStore``: the indexes of days, beside the log that their entries stand in."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update

from formats import canonical
from formats.day_index import BITS
from formats.merkle import HASH_SIZE
from gateway.domain.audit import Draft
from gateway.domain.day_index import Place
from gateway.services.ports.days import IndexedDay, SideTree
from gateway.services.ports.log import LogDeposedError
from gateway.storage.engine import reading, writing
from gateway.storage.log_tables import day_leaves, day_sides, days, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement, Connection, Engine, Row

_DIGITS: Final = BITS // 4


class SqlDayStore:
    """The indexes in one database, whose tables are up to date. Safe from any thread and process."""

    def __init__(self, engine: Engine, require_own: Callable[[Connection], None] | None = None) -> None:
        """Take the database, and of whoever adds indexes the check in each transaction that it still may."""
        self._engine: Final = engine
        self._require_own: Final = require_own

    def newest(self) -> IndexedDay | None:
        """Return the last index; None before the first."""
        with reading(self._engine) as connection:
            row = connection.execute(select(days).order_by(days.c.number.desc()).limit(1)).one_or_none()
        return None if row is None else _indexed(row)

    def on(self, day: date) -> IndexedDay | None:
        """Return the index of a day; None when there is none yet."""
        found = self._where(days.c.day == day.isoformat())
        return found[0] if found else None

    def all(self) -> list[IndexedDay]:
        """Return every index, the oldest first."""
        return self._where(days.c.number >= 0)

    def to_record(self) -> list[IndexedDay]:
        """Return the indexes that no entry holds yet, the oldest first."""
        return self._where(days.c.entry.is_(None))

    def first_without(self) -> date | None:
        """Return the first day of which no index is recorded; None before the first index is made."""
        with reading(self._engine) as connection:
            waiting = connection.execute(select(func.min(days.c.day)).where(days.c.entry.is_(None))).scalar_one()
            newest = connection.execute(select(func.max(days.c.day))).scalar_one()
        if waiting is not None:
            return date.fromisoformat(waiting)
        return None if newest is None else date.fromisoformat(newest) + timedelta(days=1)

    def add(self, indexed: IndexedDay, sides: Mapping[str, SideTree]) -> None:
        """Store an index that is to be recorded; see the port."""
        draft = {"body": indexed.draft.body, "lines": list(indexed.draft.lines)}
        row = {
            "number": indexed.number,
            "day": indexed.day.isoformat(),
            "reached": canonical.encode(dict(indexed.reached)),
            "draft": canonical.encode(draft),
        }
        with writing(self._engine) as connection:
            if self._require_own is not None:
                self._require_own(connection)
            if connection.execute(select(days.c.number).where(days.c.number == indexed.number)).first() is not None:
                raise LogDeposedError(f"another process has indexed {indexed.day}")
            connection.execute(insert(days).values(row))
            for side, tree in sides.items():
                of = {"number": indexed.number, "side": side}
                connection.execute(insert(day_sides).values(**of, depth=tree.depth, nodes=b"".join(tree.nodes)))
                leaves = [
                    {**of, "position": _text(position), "uscc": uscc, "content": content}
                    for position, uscc, content in tree.leaves
                ]
                if leaves:
                    connection.execute(insert(day_leaves), leaves)

    def recorded(self, number: int, writer: str, entry: int) -> None:
        """Note where an index is recorded, unless that is known already."""
        mine = (days.c.number == number, days.c.entry.is_(None))
        with writing(self._engine) as connection:
            connection.execute(update(days).where(*mine).values(writer=writer, entry=entry))

    def side(self, number: int, side: str, position: int) -> SideTree | None:
        """Return a side with the leaves of the subtree in which *position* lies; None when there is none."""
        of = (day_sides.c.number == number, day_sides.c.side == side)
        with reading(self._engine) as connection:
            row = connection.execute(select(day_sides).where(*of)).one_or_none()
            if row is None:
                return None
            shift = BITS - (len(row.nodes) // HASH_SIZE).bit_length() + 1
            first = position >> shift << shift
            return _tree(connection, row, first, first + (1 << shift) - 1)

    def whole(self, number: int, side: str) -> SideTree | None:
        """Return a side with all its leaves; None when there is none."""
        of = (day_sides.c.number == number, day_sides.c.side == side)
        with reading(self._engine) as connection:
            row = connection.execute(select(day_sides).where(*of)).one_or_none()
            return None if row is None else _tree(connection, row, 0, (1 << BITS) - 1)

    def places(self, writer: str, first: int, end: int) -> list[tuple[int, int, Place]]:
        """Return runs of entries of a queue in the log that touch a stretch: first number, count, first place."""
        wanted = (
            select(runs.c.first_number, runs.c.count, runs.c.origin, runs.c.first_index)
            .where(runs.c.writer == writer, runs.c.first_number < end, runs.c.first_number + runs.c.count > first)
            .order_by(runs.c.first_number)
        )
        with reading(self._engine) as connection:
            return [
                (first_number, count, Place(origin.rpartition("/")[2], first_index))
                for first_number, count, origin, first_index in connection.execute(wanted).all()
            ]

    def _where(self, condition: ColumnElement[bool]) -> list[IndexedDay]:
        with reading(self._engine) as connection:
            found = connection.execute(select(days).where(condition).order_by(days.c.number)).all()
        return [_indexed(row) for row in found]


def _indexed(row: Row[Any]) -> IndexedDay:
    draft = json.loads(row.draft)
    recorded = row.entry is not None
    return IndexedDay(
        number=row.number,
        day=date.fromisoformat(row.day),
        reached=json.loads(row.reached),
        draft=Draft(draft["body"], draft["lines"]),
        writer=row.writer if recorded else "",
        entry=row.entry if recorded else -1,
    )


def _tree(connection: Connection, row: Row[Any], first: int, last: int) -> SideTree:
    """Read the leaves of a side from one position to another, both inclusive."""
    leaves = connection.execute(
        select(day_leaves)
        .where(day_leaves.c.number == row.number, day_leaves.c.side == row.side)
        .where(day_leaves.c.position >= _text(first), day_leaves.c.position <= _text(last))
        .order_by(day_leaves.c.position)
    )
    found = [(int(each.position, 16), each.uscc, each.content) for each in leaves]
    return SideTree(row.depth, _nodes(row.nodes), found)


def _nodes(data: bytes) -> tuple[bytes, ...]:
    return tuple(data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE))


def _text(position: int) -> str:
    return f"{position:0{_DIGITS}x}"
