"""Differences of imports as last computed, so that they can be paged and need not be computed for every look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from formats import canonical
from gateway.domain.import_ends import Ended
from gateway.domain.vocabulary import Effect, RowStatus
from gateway.services.ports.facts import RowOutcome
from gateway.services.ports.imports import Difference, EnterpriseShift
from gateway.storage import tables
from gateway.storage.engine import reading, writing
from gateway.storage.import_tables import import_difference, import_shift

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Engine

_COUNTS = ("new", "changed", "unchanged", "ended", "held", "refused", "restricted", "relieved")
_AT_ONCE = 1_000


class Differences:
    """The part of the port ``ImportStore`` that keeps differences."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def newest(self) -> int:
        """Return the newest revision."""
        with reading(self._engine) as connection:
            newest: int = connection.execute(select(tables.head.c.revision)).scalar_one()
            return newest

    def moved_since(self, revision: int) -> bool:
        """Return whether anything but a feed's confirmation was stored after *revision*."""
        with reading(self._engine) as connection:
            return self._moved(connection, revision)

    def _moved(self, connection: Connection, revision: int) -> bool:
        later, confirmation = tables.revision.c, tables.feed_confirmation.c
        wanted = select(later.id).where(later.id > revision)
        return (
            connection.execute(wanted.where(later.id.not_in(select(confirmation.revision))).limit(1)).first()
            is not None
        )

    def difference(self, batch_id: str) -> Difference | None:
        """Return the difference as last computed; None when it never was."""
        with reading(self._engine) as connection:
            row = connection.execute(select(import_difference).where(import_difference.c.batch_id == batch_id)).first()
        if row is None:
            return None
        said: Any = canonical.decode(row.content.encode())
        return Difference(
            digest=row.digest,
            revision=row.revision,
            since=row.day,
            rules=row.rules,
            **{name: said[name] for name in _COUNTS},
            ended_records=tuple(Ended(*each) for each in said["ended_records"]),
            refusals=tuple(
                RowOutcome(number, RowStatus.REJECTED, record_id, field, why)
                for number, record_id, field, why in said["refusals"]
            ),
        )

    def keep_difference(self, batch_id: str, difference: Difference, shifts: Iterable[EnterpriseShift]) -> None:
        """Keep a difference in place of the one before."""
        said = {
            **{name: getattr(difference, name) for name in _COUNTS},
            "ended_records": [[e.kind, e.record_id, e.uscc] for e in difference.ended_records],
            "refusals": [[o.row, o.record_id, o.field, o.why] for o in difference.refusals],
        }
        values = {
            "batch_id": batch_id,
            "digest": difference.digest,
            "revision": difference.revision,
            "day": difference.since,
            "rules": difference.rules,
            "content": canonical.encode(said).decode(),
        }
        rows = [
            {
                "batch_id": batch_id,
                "relieved": shift.relieved,
                "uscc": shift.uscc,
                "name": shift.name,
                "effect_before": shift.before,
                "effect_after": shift.after,
            }
            for shift in shifts
        ]
        with writing(self._engine) as connection:
            self.drop(connection, batch_id)
            connection.execute(insert(import_difference), values)
            for start in range(0, len(rows), _AT_ONCE):
                connection.execute(insert(import_shift), rows[start : start + _AT_ONCE])

    def drop(self, connection: Connection, batch_id: str) -> None:
        """Take out what is kept of a batch: it is decided, or computed anew."""
        for table in (import_difference, import_shift):
            connection.execute(delete(table).where(table.c.batch_id == batch_id))

    def shifts(self, batch_id: str, after: tuple[bool, str] | None, size: int) -> list[EnterpriseShift]:
        """Return the next *size* enterprises of the kept difference; restricted ones first."""
        column = import_shift.c
        wanted = select(import_shift).where(column.batch_id == batch_id).order_by(column.relieved, column.uscc)
        if after is not None:
            relieved, code = after
            later = (column.relieved == relieved) & (column.uscc > code)
            wanted = wanted.where(later if relieved else later | column.relieved)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.limit(size)).all()
        return [
            EnterpriseShift(row.relieved, row.uscc, row.name, Effect(row.effect_before), Effect(row.effect_after))
            for row in rows
        ]
