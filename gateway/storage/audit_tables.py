"""The tables of an audit queue: the same on both databases.

On SQLite each writer has a file of its own with these tables in it; on PostgreSQL all writers share them. The migration
branch "audit" makes them; nothing here creates, reads or writes. There are no foreign keys: one transaction writes all
rows of an entry, and every key would cost the answer a look-up.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table

from gateway.storage.columns import CODE

metadata: Final = MetaData()

writers: Final = Table(
    "audit_writer",
    metadata,
    Column("writer", CODE, primary_key=True),
    Column("epoch", BigInteger, nullable=False),  # grows with every opening; a commit under an older one is refused
    Column("next_number", BigInteger, nullable=False),
)

entries: Final = Table(
    "audit_entry",
    metadata,
    Column("writer", CODE, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("time_us", BigInteger, nullable=False),  # microseconds since 1970-01-01 UTC
    Column("envelope", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
)

lines: Final = Table(
    "audit_line",
    metadata,
    Column("writer", CODE, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("item", Integer, primary_key=True, autoincrement=False),  # place among the batch's lines, from 0
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_microseconds(instant: datetime) -> int:
    """Return an aware *instant* as microseconds since 1970-01-01 UTC, exactly."""
    return (instant - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """Return the UTC instant that ``to_microseconds`` was given."""
    return _EPOCH + timedelta(microseconds=microseconds)
