"""Recorded calls as anomalies are looked for in them: counted by day, and one officer's by their instants."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from gateway.domain.anomalies import DayCount, Seen
from gateway.domain.vocabulary import DecisionPoint
from gateway.services.ports.anomalies import WhoCalled
from gateway.storage.access_rows import searchable
from gateway.storage.access_tables import rows
from gateway.storage.access_token import Place
from gateway.storage.audit_tables import from_microseconds, to_microseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement, Row, Select

    from gateway.services.ports.anomalies import Span
    from gateway.services.ports.audit import AccessRow
    from gateway.storage.access_index import AccessIndex

_EIGHT_HOURS: Final = 8 * 3_600 * 1_000_000
_DAY: Final = 24 * 3_600 * 1_000_000
_EPOCH: Final = date(1970, 1, 1).toordinal()
_POINTS: Final = frozenset(map(int, DecisionPoint))
_ENTRIES: Final = 500
"""Read at once."""
_SEEN: Final = (
    rows.c.time_us,
    rows.c.writer,
    rows.c.number,
    rows.c.rank,
    rows.c.agency,
    rows.c.role,
    rows.c.officer_key,
    rows.c.method,
    rows.c.outcome,
    rows.c.point,
    rows.c.case_ref,
    rows.c.verdict,
    rows.c.alone,
)


class IndexedCalls:
    """The port ``RecordedCallsByOfficer`` over the access index. Blocking, and usable from any thread.

    Every method raises ``StoreUnavailableError`` when a database failed, and ``EntryUnreadableError`` for an entry that
    is not that of a recorded call.
    """

    def __init__(self, index: AccessIndex) -> None:
        self._index = index

    def day_counts(self, span: Span, points: Collection[DecisionPoint] = ()) -> list[DayCount]:
        """See the port. It looks at every row of the span."""
        day = (rows.c.time_us + _EIGHT_HOURS) // _DAY
        counted = (
            select(rows.c.agency, rows.c.role, day, func.count())
            .where(*_within(span), rows.c.alone == 1, rows.c.agency.is_not(None), *_at(points))
            .group_by(rows.c.agency, rows.c.role, day)
        )
        with self._index.up_to_date() as connection:
            return [
                DayCount(agency, role or "", date.fromordinal(_EPOCH + int(number)), count)
                for agency, role, number, count in connection.execute(counted)
            ]

    def first_calls(
        self, caller: tuple[str, str], span: Span, count: int, points: Collection[DecisionPoint] = ()
    ) -> list[Seen]:
        """See the port."""
        agency, role = caller
        own = (rows.c.agency == searchable(agency), func.coalesce(rows.c.role, "") == role, rows.c.alone == 1)
        with self._index.up_to_date() as connection:
            found = connection.execute(_in_order(select(*_SEEN).where(*own, *_within(span), *_at(points)), count))
            return [_seen(row) for row in found]

    def officers(self, span: Span, least: int) -> list[WhoCalled]:
        """See the port. It looks at every row of the span."""
        who = (rows.c.agency, rows.c.role, rows.c.officer_key)
        known = (rows.c.agency.is_not(None), rows.c.officer_key.is_not(None))
        counted = select(*who).where(*_within(span), *known).group_by(*who).having(func.count() >= least)
        with self._index.up_to_date() as connection:
            return [WhoCalled(agency, role or "", officer) for agency, role, officer in connection.execute(counted)]

    def calls_of(self, who: WhoCalled, span: Span, most: int) -> list[Seen]:
        """See the port. It is found by the officer."""
        own = (
            rows.c.officer_key == who.officer,
            func.coalesce(rows.c.agency, "") == who.agency,
            func.coalesce(rows.c.role, "") == who.role,
        )
        with self._index.up_to_date() as connection:
            found = connection.execute(_in_order(select(*_SEEN).where(*own, *_within(span)), most))
            return [_seen(row) for row in found]

    def entries(self, calls: Sequence[Seen]) -> list[AccessRow]:
        """See the port."""
        places = [
            Place(to_microseconds(call.at), call.writer, call.number, 0 if call.item is None else -call.item - 1)
            for call in calls
        ]
        return [
            row for at in range(0, len(places), _ENTRIES) for row in self._index.rows_at(places[at : at + _ENTRIES])
        ]


def _within(span: Span) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return rows.c.time_us >= to_microseconds(span.since), rows.c.time_us < to_microseconds(span.until)


def _at(points: Collection[DecisionPoint]) -> list[ColumnElement[bool]]:
    return [rows.c.point.in_(sorted(points))] if points else []


def _in_order(wanted: Select[Any], most: int) -> Select[Any]:
    # A batch as a whole has rank 0 and comes before its items, of which the first has the highest.
    return wanted.order_by(rows.c.time_us, rows.c.writer, rows.c.number, rows.c.rank.desc()).limit(most)


def _seen(row: Row[Any]) -> Seen:
    return Seen(
        at=from_microseconds(row.time_us),
        writer=row.writer,
        number=row.number,
        item=-row.rank - 1 if row.rank else None,
        agency=row.agency,
        role=row.role or "",
        officer=row.officer_key or "",
        method=row.method,
        outcome=row.outcome,
        # A later version may have recorded a point that this one does not know.
        point=DecisionPoint(row.point) if row.point in _POINTS else None,
        case_ref=row.case_ref or "",
        asked=row.verdict is not None,
        alone=bool(row.alone),
    )
