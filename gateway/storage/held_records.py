"""One fact as it is on record now, and what has been done about it. Reading only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from gateway.domain.withdrawals import ShownRepair, shown_repairs_of, withdrawal_id
from gateway.services.ports.facts import HeldRecord
from gateway.storage import content, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


def read_record(connection: Connection, record_id: str) -> HeldRecord | None:
    """Return the current version of a fact; None when no enterprise has one under this id."""
    column = tables.simple_record.c
    current = select(column.uscc, column.kind, column.content).where(column.revision_until.is_(None))
    row = connection.execute(current.where(column.record_id == record_id)).first()
    if row is None:
        return None
    taken_back = connection.execute(current.where(column.record_id == withdrawal_id(record_id))).first()
    shown = tuple(_shown(connection, record_id))
    return HeldRecord(row.uscc, content.decode(row.kind, record_id, row.content), taken_back is not None, shown)


def _shown(connection: Connection, record_id: str) -> Iterator[ShownRepair]:
    column, begin = tables.simple_record.c, shown_repairs_of(record_id)
    current = select(column.record_id, column.kind, column.content).where(
        column.revision_until.is_(None),
        column.record_id >= begin,
        column.record_id < begin[:-1] + chr(ord(begin[-1]) + 1),
        column.kind == ShownRepair.wire_name,
    )
    for row in connection.execute(current.order_by(column.record_id)):
        fact = content.decode(row.kind, row.record_id, row.content)
        if isinstance(fact, ShownRepair) and fact.target_id == record_id:
            yield fact
