"""``SqlReferralStore``: the entries of referrals, sealed. What may be added is decided in ``services``."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from gateway.storage import tables
from gateway.storage.engine import reading, writing
from gateway.storage.facts import SqlFactStore, answered, keep_answer, lock_head, store_whole
from gateway.storage.held_listings import read_held
from gateway.storage.referral_content import read_entry, write_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Connection, Engine, Row

    from gateway.domain.referrals import ReferralEntry
    from gateway.services.ports.facts import Submission
    from gateway.services.ports.referrals import Consequence, Sealer

_COLUMN = tables.referral_entry.c


class SqlReferralStore:
    """The port ``ReferralStore`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine, sealer: Sealer) -> None:
        self._engine = engine
        self._sealer = sealer
        facts = SqlFactStore(engine)
        self.mark_recorded, self.held_listing = facts.mark_recorded, facts.held_listing
        self.nonconforming_known = facts.nonconforming_known

    def record(
        self,
        submission: Submission,
        referral_id: str,
        decide: Callable[[Sequence[ReferralEntry]], Sequence[ReferralEntry]],
        follow: Callable[[Sequence[ReferralEntry], Sequence[ReferralEntry]], Consequence | None] | None = None,
    ) -> tuple[int, list[ReferralEntry]]:
        """Add what *decide* makes; see the port.

        Raises:
            RequestIdReusedError: The request id holds other content, or is another agency's.
            MalformedRequestError: A row that follows cannot be stored; then nothing is.
            StoreUnavailableError: The database failed, or nothing can be sealed.
        """
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            earlier = answered(connection, submission)
            rows = _rows(connection, referral_id)
            if earlier is not None:
                upto = max((row.number for row in rows if row.request_id == submission.request_id), default=0)
                return earlier.visible_from, self._entries(row for row in rows if row.number <= upto)
            before = self._entries(rows)
            last = connection.execute(select(func.max(_COLUMN.number))).scalar() or 0
            added = [replace(entry, place=last + more) for more, entry in enumerate(decide(before), 1)]
            self._insert(connection, submission, added)
            wanted = follow(before, added) if follow is not None else None
            if wanted is not None:
                newest = _store_rows(connection, wanted)
            keep_answer(connection, submission, newest, [], owed=True)
        return newest, [*before, *added]

    def entries(self, referral_id: str) -> list[ReferralEntry]:
        """Return the entries of a case; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        with reading(self._engine) as connection:
            return self._entries(_rows(connection, referral_id))

    def all_entries(self) -> list[list[ReferralEntry]]:
        """Return the entries of every case; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        with reading(self._engine) as connection:
            wanted = select(tables.referral_entry).order_by(_COLUMN.referral_id, _COLUMN.number)
            rows = connection.execute(wanted).all()
        return [self._entries(group) for _, group in groupby(rows, key=lambda row: row.referral_id)]

    def newest(self) -> int:
        """Return the place of the newest entry; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.max(_COLUMN.number))).scalar() or 0)

    def changed(self, after: int) -> tuple[int, list[str]]:
        """Return the newest place, and which cases have an entry after *after*; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        with reading(self._engine) as connection:
            newest = int(connection.execute(select(func.max(_COLUMN.number))).scalar() or 0)
            if newest <= after:
                return newest, []
            wanted = select(_COLUMN.referral_id).where(_COLUMN.number > after, _COLUMN.number <= newest).distinct()
            return newest, list(connection.execute(wanted.order_by(_COLUMN.referral_id)).scalars())

    def _entries(self, rows: Iterable[Row[Any]]) -> list[ReferralEntry]:
        return [
            read_entry(row.number, row.referral_id, row.agency, row.recorded_at, self._sealer.unseal_bytes(row.sealed))
            for row in rows
        ]

    def _insert(self, connection: Connection, submission: Submission, added: Sequence[ReferralEntry]) -> None:
        rows = [
            {
                "number": entry.place,
                "referral_id": entry.referral_id,
                "agency": entry.agency,
                "request_id": submission.request_id,
                "recorded_at": entry.recorded_at,
                "sealed": self._sealer.seal_bytes(write_entry(entry)),
            }
            for entry in added
        ]
        connection.execute(insert(tables.referral_entry), rows)


def _store_rows(connection: Connection, wanted: Consequence) -> int:
    """Store what follows from a step, and return the newest revision with it."""
    return store_whole(
        connection,
        wanted.submission,
        lambda newest: wanted.rows(read_held(connection, wanted.listing_id, newest) if wanted.listing_id else None),
    )


def _rows(connection: Connection, referral_id: str) -> Sequence[Row[Any]]:
    wanted = select(tables.referral_entry).where(_COLUMN.referral_id == referral_id)
    return connection.execute(wanted.order_by(_COLUMN.number)).all()
