"""``SqlDocket``: what clocks and early warnings are read from, across all enterprises, as it is now.

Reading only. What starts a clock, and which arrival is late, is decided in ``domain``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, func, select

from gateway.domain.kinds.listing_elsewhere import ListingElsewhere
from gateway.domain.running_clocks import RecordedShownRepair, RecordedWithdrawal
from gateway.domain.timeliness import Arrival
from gateway.domain.vocabulary import ListingActKind, Provenance
from gateway.domain.withdrawals import ShownRepair, Withdrawal, shown_repairs_of, withdrawal_id
from gateway.services.ports.docket import Proceedings
from gateway.storage import content, tables
from gateway.storage.dossiers import ROWS_AT_ONCE, known_at, read_dossiers, read_listings
from gateway.storage.engine import reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement, Connection, Engine, Row, Select, Table

    from gateway.domain.records import Dossier

OWN_KINDS: Final = sorted(
    name
    for name, kind in content.KINDS.items()
    if kind.arrives_as is Provenance.AUTHORITY and kind not in {ShownRepair, ListingElsewhere}
)
"""Kinds of records that are their sender's own; what is retyped, or shown, elsewhere is not."""


class SqlDocket:
    """The port ``Docket`` on a database whose tables are current.

    Blocking; safe to use from threads. Every method raises ``StoreUnavailableError`` when the database fails.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def proceedings(self) -> Proceedings:
        """Return every listing and every withdrawal; see the port."""
        with reading(self._engine) as connection:
            newest: int = connection.execute(select(tables.head.c.revision)).scalar_one()
            listings = tuple(read_listings(connection, newest))
            withdrawals = tuple(_withdrawals(connection, newest))
            taken_back = {each.withdrawal.target_id: each.recorded_at for each in withdrawals}
            return Proceedings(newest, listings, withdrawals, tuple(_shown(connection, newest, taken_back)))

    def arrivals(self, since: datetime, until: datetime) -> Iterator[Arrival]:
        """Yield the records that came in [since, until); see the port."""
        act, profile = tables.listing_act, tables.enterprise_profile
        acts = select(act.c.act_id.label("record_id"), act.c.acted_on.label("began_on")).where(
            act.c.kind != ListingActKind.REPAIR_SHOWN  # shown elsewhere: nobody's own record
        )
        profiles = select(profile.c.record_id, profile.c.valid_from.label("began_on")).where(_is_first(profile))
        with reading(self._engine) as connection:

            def committed(wanted: Select[Any], revision: Column[Any]) -> Iterable[Row[Any]]:
                came = tables.revision.c
                joined = wanted.add_columns(came.agency, came.feed, came.committed_at)
                spanned = joined.join(tables.revision, came.id == revision).where(
                    came.committed_at >= since, came.committed_at < until
                )
                return connection.execute(spanned, execution_options={"yield_per": ROWS_AT_ONCE})

            for kind, rows in (
                ("listing_act", committed(acts, act.c.revision)),
                ("enterprise", committed(profiles, profile.c.revision_from)),
            ):
                for row in rows:
                    yield Arrival(row.agency, row.feed, kind, row.record_id, row.began_on, row.committed_at)
            for table in (tables.simple_record, tables.person_record):
                facts = select(table.c.record_id, table.c.kind, table.c.content)
                own = facts.where(table.c.kind.in_(OWN_KINDS), _is_first(table))
                for row in committed(own, table.c.revision_from):
                    fact = content.decode(row.kind, row.record_id, row.content)
                    began = getattr(fact, fact.begins)
                    yield Arrival(row.agency, row.feed, row.kind, row.record_id, began, row.committed_at)

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


def _is_first(table: Table) -> ColumnElement[bool]:
    """Return the condition that a version is its record's first: a correction does not arrive anew."""
    earlier = table.alias()
    return ~exists().where(earlier.c.record_id == table.c.record_id, earlier.c.revision_from < table.c.revision_from)


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
