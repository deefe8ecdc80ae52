"""One fact as it is on record now, and whether it has been withdrawn. Reading only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from gateway.domain.withdrawals import withdrawal_id
from gateway.services.ports.facts import HeldRecord
from gateway.storage import content, tables

if TYPE_CHECKING:
    from sqlalchemy import Connection


def read_record(connection: Connection, record_id: str) -> HeldRecord | None:
    """Return the current version of a fact; None when no enterprise has one under this id."""
    column = tables.simple_record.c
    current = select(column.uscc, column.kind, column.content).where(column.revision_until.is_(None))
    row = connection.execute(current.where(column.record_id == record_id)).first()
    if row is None:
        return None
    taken_back = connection.execute(current.where(column.record_id == withdrawal_id(record_id))).first()
    return HeldRecord(row.uscc, content.decode(row.kind, record_id, row.content), taken_back is not None)
