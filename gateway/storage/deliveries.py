"""``SqlDeliveries``: what agencies have received of their referrals, and the keys to which dossiers are sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from gateway.domain.referral_inbox import Received
from gateway.services.ports.dossiers import SignedKey
from gateway.storage import tables
from gateway.storage.engine import reading, writing
from gateway.storage.facts import SqlFactStore, answered, keep_answer, lock_head

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Engine

    from gateway.services.ports.facts import Submission

_DELIVERY, _FETCH, _KEY = tables.referral_delivery.c, tables.referral_fetch.c, tables.dossier_key.c


class SqlDeliveries:
    """The port ``Deliveries`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.mark_recorded = SqlFactStore(engine).mark_recorded

    def acknowledge(self, submission: Submission, places: Collection[int]) -> tuple[int, int]:
        """Keep that the submission's agency has those entries; see the port.

        Raises:
            RequestIdReusedError: The request id holds other content, or is another agency's.
            StoreUnavailableError: The database failed.
        """
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            earlier = answered(connection, submission)
            if earlier is not None:
                return earlier.visible_from, 0
            known = connection.execute(
                select(_DELIVERY.place).where(_DELIVERY.agency == submission.agency, _DELIVERY.place.in_(places))
            )
            new = sorted(set(places) - set(known.scalars()))
            at = submission.committed_at
            rows = [{"agency": submission.agency, "place": place, "acknowledged_at": at} for place in new]
            if rows:
                connection.execute(insert(tables.referral_delivery), rows)
            keep_answer(connection, submission, newest, [], owed=True)
        return newest, len(new)

    def fetched(self, agency: str, referral_id: str, item_id: str, at: datetime) -> None:
        """Keep that an agency has fetched a file to its end; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        values = {"agency": agency, "referral_id": referral_id, "item_id": item_id}
        with writing(self._engine) as connection:
            lock_head(connection)
            there = select(_FETCH.fetched_at).where(*(_FETCH[name] == value for name, value in values.items()))
            if connection.execute(there).first() is None:
                connection.execute(insert(tables.referral_fetch), [{**values, "fetched_at": at}])

    def received(self, agency: str, referral_id: str) -> Received:
        """Return what an agency has acknowledged and fetched of a case; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        wanted = select(_DELIVERY.place, _DELIVERY.acknowledged_at).where(_DELIVERY.agency == agency)
        if referral_id:
            own = select(tables.referral_entry.c.number).where(tables.referral_entry.c.referral_id == referral_id)
            wanted = wanted.where(_DELIVERY.place.in_(own))
        with reading(self._engine) as connection:
            places = connection.execute(wanted)
            acknowledged = {row.place: row.acknowledged_at for row in places}
            files = connection.execute(
                select(_FETCH.item_id, _FETCH.fetched_at).where(
                    _FETCH.agency == agency, _FETCH.referral_id == referral_id
                )
            )
            return Received(agency, acknowledged, {row.item_id: row.fetched_at for row in files})

    def publish(self, submission: Submission, key: SignedKey) -> int:
        """Keep a key; see the port.

        Raises:
            RequestIdReusedError: The request id holds other content, or is another agency's.
            StoreUnavailableError: The database failed.
        """
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            earlier = answered(connection, submission)
            if earlier is not None:
                return int(earlier.visible_from)
            there = select(_KEY.kid).where(_KEY.agency == key.agency, _KEY.kid == key.kid)
            if connection.execute(there).first() is None:
                values = {
                    "agency": key.agency,
                    "kid": key.kid,
                    "recorded_at": submission.committed_at,
                    "statement": key.statement,
                    "signature": key.signature,
                    "chain": key.chain,
                }
                connection.execute(insert(tables.dossier_key), [values])
            keep_answer(connection, submission, newest, [], owed=True)
        return newest

    def keys(self, agencies: Collection[str]) -> list[SignedKey]:
        """Return the keys of those agencies; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        wanted = (
            select(tables.dossier_key)
            .where(_KEY.agency.in_(sorted(agencies)))
            .order_by(_KEY.agency, _KEY.recorded_at.desc(), _KEY.kid)
        )
        with reading(self._engine) as connection:
            return [
                SignedKey(row.agency, row.kid, row.statement, row.signature, row.chain)
                for row in connection.execute(wanted)
            ]
