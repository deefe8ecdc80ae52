"""``SqlDocket``: what clocks and early warnings are read from, across all enterprises, as it is now.

Reading only. What starts a clock, and which arrival is late, is decided in ``domain``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from gateway.domain.kinds.wage_deposit import WageDeposit
from gateway.domain.meetings import meeting_of
from gateway.domain.objections import ID_BEGINS, Objection
from gateway.domain.record_clocks import DEPOSIT_EVENTS, RecordedFact
from gateway.domain.running_clocks import RecordedShownRepair, RecordedWithdrawal
from gateway.domain.withdrawals import ShownRepair, Withdrawal, shown_repairs_of, withdrawal_id
from gateway.services.ports.docket import Proceedings
from gateway.storage import content, tables
from gateway.storage.arrivals import read_arrivals
from gateway.storage.case_events import read_unacknowledged
from gateway.storage.dossiers import known_at, read_dossiers, read_listings
from gateway.storage.engine import reading
from gateway.storage.meetings import read_all_acts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine, Table

    from gateway.domain.records import Dossier
    from gateway.domain.timeliness import Arrivals


class SqlDocket:
    """The port ``Docket`` on a database whose tables are current.

    Blocking; safe to use from threads. Every method raises ``StoreUnavailableError`` when the database fails.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def proceedings(self) -> Proceedings:
        """Return every listing, withdrawal and joint meeting; see the port."""
        with reading(self._engine) as connection:
            newest: int = connection.execute(select(tables.head.c.revision)).scalar_one()
            listings = tuple(read_listings(connection, newest))
            withdrawals = tuple(_withdrawals(connection, newest))
            taken_back = {each.withdrawal.target_id: each.recorded_at for each in withdrawals}
            meetings = (meeting_of(acts) for acts in read_all_acts(connection))
            return Proceedings(
                revision=newest,
                listings=listings,
                withdrawals=withdrawals,
                facts=(*_clocked(connection, newest), *_objections(connection, newest)),
                meetings=tuple(meeting for meeting in meetings if meeting is not None),
                shown=tuple(_shown(connection, newest, taken_back)),
                owed_events=tuple(read_unacknowledged(connection)),
            )

    def arrivals(self, since: datetime, until: datetime) -> list[Arrivals]:
        """Return what came in [since, until); see the port."""
        with reading(self._engine) as connection:
            return list(read_arrivals(connection, since, until))

    def codes(self, after: str, most: int) -> list[str]:
        """Return the first *most* codes after *after*; see the port."""
        with reading(self._engine) as connection:
            found: set[str] = set()
            for table in (tables.enterprise_profile, tables.simple_record, tables.listing):
                column = table.c.uscc
                wanted = select(column).where(column > after).distinct().order_by(column).limit(most)
                found.update(connection.execute(wanted).scalars())
        return sorted(found)[:most]

    def dossiers(self, codes: Sequence[str]) -> tuple[int, list[Dossier]]:
        """Return the newest revision and what is known then; see the port."""
        with reading(self._engine) as connection:
            newest: int = connection.execute(select(tables.head.c.revision)).scalar_one()
            return newest, [dossier for dossier, _ in read_dossiers(connection, newest, codes)]


def _clocked(connection: Connection, newest: int) -> Iterable[RecordedFact]:
    """Yield the facts that start clocks; of deposits those with a day that starts one, told without reading them."""
    record = tables.simple_record.c
    starts = (record.content.contains(f'"{field}":"', autoescape=True) for field in DEPOSIT_EVENTS)
    wanted = select(record.uscc, record.kind, record.record_id, record.content).where(
        tables.CLOCKED, known_at(tables.simple_record, newest), or_(record.kind != WageDeposit.wire_name, *starts)
    )
    for row in connection.execute(wanted.order_by(record.record_id)):
        yield RecordedFact(row.uscc, content.decode(row.kind, row.record_id, row.content))


def _withdrawals(connection: Connection, newest: int) -> Iterable[RecordedWithdrawal]:
    """Yield withdrawals. They are found by how their ids begin, for which there is an index; kinds have none."""
    record, target, revision = tables.simple_record, tables.simple_record.alias(), tables.revision
    begin = withdrawal_id("")
    target_id = func.substr(record.c.record_id, len(begin) + 1)
    wanted = (
        select(record, revision.c.committed_at, target.c.kind.label("target_kind"))
        .join(revision, revision.c.id == record.c.revision_from)
        .outerjoin(target, and_(target.c.record_id == target_id, known_at(target, newest)))
        .where(*_beginning(record, begin))
        .where(record.c.kind == Withdrawal.wire_name, known_at(record, newest))
        .order_by(record.c.record_id)
    )
    for row in connection.execute(wanted):
        fact = content.decode(row.kind, row.record_id, row.content)
        assert isinstance(fact, Withdrawal)  # noqa: S101 - by its kind
        yield RecordedWithdrawal(row.uscc, fact, content.KINDS[row.target_kind], row.committed_at)


def _objections(connection: Connection, newest: int) -> Iterable[RecordedFact]:
    """Yield objections filed at the window, found by how their ids begin, like withdrawals."""
    record = tables.simple_record
    wanted = select(record).where(*_beginning(record, ID_BEGINS), record.c.kind == Objection.wire_name)
    for row in connection.execute(wanted.where(known_at(record, newest)).order_by(record.c.record_id)):
        yield RecordedFact(row.uscc, content.decode(row.kind, row.record_id, row.content))


def _shown(connection: Connection, newest: int, taken_back: Mapping[str, datetime]) -> Iterable[RecordedShownRepair]:
    """Yield shown repairs, found by how their ids begin, like withdrawals."""
    record = tables.simple_record
    begin = shown_repairs_of("")[:-1]
    wanted = select(record).where(*_beginning(record, begin), record.c.kind == ShownRepair.wire_name)
    for row in connection.execute(wanted.where(known_at(record, newest)).order_by(record.c.record_id)):
        fact = content.decode(row.kind, row.record_id, row.content)
        assert isinstance(fact, ShownRepair)  # noqa: S101 - by its kind
        yield RecordedShownRepair(row.uscc, fact, taken_back.get(fact.target_id))


def _beginning(table: Table, begin: str) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a record's id begins so: for that there is an index."""
    return table.c.record_id >= begin, table.c.record_id < begin[:-1] + chr(ord(begin[-1]) + 1)
