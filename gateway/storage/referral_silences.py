"""``SqlSilences``: silences towards referrals, each kept once with the audit entry that establishes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, or_, select, update

from gateway.domain.referral_inbox import TransportState
from gateway.domain.referral_silence import Silence
from gateway.services.ports.silences import EstablishedSilence
from gateway.storage.engine import reading, writing
from gateway.storage.facts import lock_head
from gateway.storage.referral_tables import referral_silence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine, Row

_COLUMN = referral_silence.c


class SqlSilences:
    """The port ``SilenceStore`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_case(self, referral_id: str) -> list[EstablishedSilence]:
        """Return those of a case; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        with reading(self._engine) as connection:
            return _found(connection, _COLUMN.referral_id == referral_id)

    def establish(self, silences: Sequence[Silence], writer: str, at: datetime) -> list[EstablishedSilence]:
        """Keep those that are not kept yet; see the port.

        Raises:
            StoreUnavailableError: The database failed; nothing was kept.
        """
        with writing(self._engine) as connection:
            lock_head(connection)  # two nodes that find the same at once keep it one after the other
            known: set[tuple[int, str, TransportState]] = set()
            for referral_id in sorted({each.referral_id for each in silences}):
                known |= {each.silence.key for each in _found(connection, _COLUMN.referral_id == referral_id)}
            new = [EstablishedSilence(each, writer, at) for each in silences if each.key not in known]
            if new:
                connection.execute(insert(referral_silence), [_row(each) for each in new])
        return new

    def owed(self, writer: str, at: datetime, before: datetime) -> list[EstablishedSilence]:
        """Return what *writer* owes, and take over what others left; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        mine = and_(_COLUMN.entry.is_(None), or_(_COLUMN.writer == writer, _COLUMN.claimed_at < before))
        with reading(self._engine) as connection:
            if connection.execute(select(_COLUMN.place).where(mine).limit(1)).first() is None:
                return []
        with writing(self._engine) as connection:
            lock_head(connection)
            found = _found(connection, mine)
            connection.execute(update(referral_silence).where(mine).values(writer=writer, claimed_at=at))
        return found

    def recorded(self, silence: Silence, writer: str, number: int) -> None:
        """Note by which entry a silence is established; see the port.

        Raises:
            StoreUnavailableError: The database failed.
        """
        place, recipient, state = silence.key
        this = (_COLUMN.place == place, _COLUMN.agency == recipient, _COLUMN.state == int(state))
        with writing(self._engine) as connection:
            connection.execute(
                update(referral_silence).where(*this, _COLUMN.entry.is_(None)).values(writer=writer, entry=number)
            )


def _found(connection: Connection, condition: ColumnElement[bool]) -> list[EstablishedSilence]:
    wanted = select(referral_silence).where(condition)
    rows = connection.execute(wanted.order_by(_COLUMN.place, _COLUMN.agency, _COLUMN.state)).all()
    return [_established(row) for row in rows]


def _established(row: Row[Any]) -> EstablishedSilence:
    silence = Silence(row.referral_id, row.place, row.agency, TransportState(row.state), row.since)
    return EstablishedSilence(silence, row.writer, row.claimed_at, row.entry)


def _row(each: EstablishedSilence) -> dict[str, object]:
    silence = each.silence
    return {
        "place": silence.place,
        "agency": silence.recipient,
        "state": int(silence.state),
        "referral_id": silence.referral_id,
        "since": silence.since,
        "writer": each.writer,
        "claimed_at": each.claimed_at,
        "entry": each.number,
    }
