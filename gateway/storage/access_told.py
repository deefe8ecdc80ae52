"""Who was told of which record: reading that part of the access index. Whom an ending concerns is decided elsewhere."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from gateway.domain.call_record import recorded_grounds
from gateway.domain.endings import Told
from gateway.services.ports.endings import Unnamed
from gateway.storage.access_rows import searchable
from gateway.storage.access_tables import MORE, parties, told
from gateway.storage.audit_tables import from_microseconds
from gateway.storage.known import batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

_PLACE = ("time_us", "writer", "number", "rank")


def indexed(record_id: str) -> str:
    """Return the id of a record as the index holds it."""
    (recorded,) = recorded_grounds([record_id])
    return searchable(recorded)


def read_told(connection: Connection, record_ids: Sequence[str], agency: str) -> Iterator[Told]:
    """Yield who was told of these records, one a record, agency and case; *agency* is empty for all."""
    by_key: Mapping[str, str] = {indexed(record_id): record_id for record_id in record_ids}
    column = told.c
    wanted = select(
        column.record,
        column.agency,
        column.case_ref,
        func.min(column.revision),
        func.max(column.revision),
        func.min(column.as_of_us),
    ).group_by(column.record, column.agency, column.case_ref)
    for batch in batches(by_key):
        for record, who, case, first, last, as_of in connection.execute(
            wanted.where(column.record.in_(batch), *_of(agency)).order_by(column.record, column.agency, column.case_ref)
        ):
            yield Told(by_key[record], who, case, first, last, from_microseconds(as_of))


def read_told_about(connection: Connection, pairs: Sequence[tuple[str, str]], agency: str) -> Iterator[Told]:
    """Yield who was told of a record in answers about an enterprise, one a pair of both, agency and case."""
    column = told.c
    same = and_(*(parties.c[name] == column[name] for name in _PLACE))
    wanted = select(column.agency, column.case_ref, func.min(column.revision), func.max(column.revision)).add_columns(
        func.min(column.as_of_us)
    )
    for record_id, uscc in pairs:
        both = (column.record == indexed(record_id), parties.c.uscc == uscc, *_of(agency))
        grouped = wanted.join(parties, same).where(*both).group_by(column.agency, column.case_ref)
        for who, case, first, last, as_of in connection.execute(grouped.order_by(column.agency, column.case_ref)):
            yield Told(record_id, who, case, first, last, from_microseconds(as_of), uscc)


def read_unnamed(connection: Connection, agency: str) -> Iterator[Unnamed]:
    """Yield the answers whose entries do not name all records that they told of, with everybody asked about."""
    same = and_(*(parties.c[name] == told.c[name] for name in _PLACE))
    place = [told.c[name] for name in _PLACE]
    wanted = select(told, parties.c.uscc).join(parties, same).where(told.c.record == MORE, *_of(agency))
    rows = connection.execute(wanted.order_by(*place, parties.c.uscc))
    for _, group in groupby(rows, key=lambda row: tuple(getattr(row, name) for name in _PLACE)):
        own = list(group)
        first = own[0]
        codes = tuple(row.uscc for row in own)
        yield Unnamed(first.agency, first.case_ref, first.revision, from_microseconds(first.as_of_us), codes)


def _of(agency: str) -> tuple[ColumnElement[bool], ...]:
    return (told.c.agency == searchable(agency),) if agency else ()
