"""``SqlPublishableStore``: the few records of a city that the public may see, and the names of their enterprises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from gateway.domain.kinds.publication import Publication
from gateway.domain.kinds.publication_objection import PublicationObjection
from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.withdrawals import ShownRepair, Withdrawal
from gateway.services.ports.publishable import ChangedPublishable, FactVersion
from gateway.storage import content, tables
from gateway.storage.dated_listings import read_dated_listings
from gateway.storage.dossiers import known_at
from gateway.storage.engine import reading
from gateway.storage.known import batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import Connection, Engine

    from gateway.services.ports.publishable import Names

KINDS: Final = tuple(
    kind.wire_name for kind in (Publication, PublicationObjection, RedListEntry, ShownRepair, Withdrawal)
)
BEFORE_ALL: Final = datetime(1, 1, 1, tzinfo=UTC)
"""When revision 0 was committed: there is nothing in it."""


class SqlPublishableStore:
    """The port ``PublishableStore`` on a database whose tables are current. Safe to use from several threads.

    Every method raises ``StoreUnavailableError`` when the database fails.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def changed(self, after: int) -> ChangedPublishable:
        """Return what came after a revision; see the port. The first time every record is looked at."""
        with reading(self._engine) as connection:
            newest: int = connection.execute(select(tables.head.c.revision)).scalar_one()
            committed_at = _committed_at(connection, newest) or BEFORE_ALL
            if newest <= after:
                return ChangedPublishable(newest, committed_at)
            return ChangedPublishable(
                newest,
                committed_at,
                tuple(_versions(connection, after)),
                tuple(read_dated_listings(connection, after)),
            )

    def names(self, codes: Sequence[str], revision: int) -> dict[str, Names]:
        """Return the names of enterprises as known at a revision; see the port."""
        profile = tables.enterprise_profile
        found: dict[str, list[tuple[date, str]]] = {}
        wanted = select(profile.c.uscc, profile.c.valid_from, profile.c.name).where(known_at(profile, revision))
        ordered = wanted.order_by(profile.c.uscc, profile.c.valid_from, profile.c.revision_from, profile.c.record_id)
        with reading(self._engine) as connection:
            for batch in batches(codes):
                for row in connection.execute(ordered.where(profile.c.uscc.in_(batch))):
                    found.setdefault(row.uscc, []).append((row.valid_from, row.name))
        return {uscc: tuple(dated) for uscc, dated in found.items()}

    def committed_at(self, revision: int) -> datetime | None:
        """Return when a revision was committed; see the port."""
        with reading(self._engine) as connection:
            return _committed_at(connection, revision)


def _committed_at(connection: Connection, revision: int) -> datetime | None:
    column = tables.revision.c
    found: datetime | None = connection.execute(select(column.committed_at).where(column.id == revision)).scalar()
    return found


def _versions(connection: Connection, after: int) -> Iterator[FactVersion]:
    """Yield the versions that came or ended after a revision."""
    column = tables.simple_record.c
    wanted = select(tables.simple_record).where(column.kind.in_(KINDS))
    if after:
        rows = iter(connection.execute(wanted.where(or_(column.revision_from > after, column.revision_until > after))))
    else:
        # Whose they are is in the index of codes and kinds: of a city's millions of records only these are looked at.
        codes = connection.execute(select(column.uscc).where(column.kind.in_(KINDS)).distinct()).scalars().all()
        rows = (row for batch in batches(codes) for row in connection.execute(wanted.where(column.uscc.in_(batch))))
    for row in rows:
        fact = content.decode(row.kind, row.record_id, row.content)
        yield FactVersion(row.uscc, fact, row.revision_from, row.revision_until)
