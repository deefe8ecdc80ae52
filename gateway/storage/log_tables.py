"""The tables of the log that all queues are integrated into: the same on both databases.

On SQLite they have a file of their own; on PostgreSQL they lie beside the queues. The migration branch "log" makes
them; nothing here creates, reads or writes.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

from gateway.storage.columns import CODE

metadata: Final = MetaData()

logs: Final = Table(
    "log",
    metadata,
    Column("origin", CODE, primary_key=True),
    Column("opened", Integer, nullable=False, unique=True),  # counts the logs, from 0
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("signed_size", BigInteger, nullable=False),
    Column("signed_root", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),  # the newest signed checkpoint; empty before the first
    Column("key", Text, nullable=False),
    Column("opening", LargeBinary, nullable=False),
)

runs: Final = Table(
    "log_run",
    metadata,
    Column("origin", CODE, primary_key=True),
    Column("first_index", BigInteger, primary_key=True, autoincrement=False),
    Column("writer", CODE, nullable=False),
    Column("first_number", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    UniqueConstraint("writer", "first_number"),  # no entry stands in the log twice
)

tiles: Final = Table(
    "log_tile",
    metadata,
    Column("origin", CODE, primary_key=True),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

cosignatures: Final = Table(
    "log_cosignature",
    metadata,
    Column("origin", CODE, primary_key=True),
    Column("witness", CODE, primary_key=True),  # its key, as it is published
    Column("size", BigInteger, nullable=False),
    Column("note", LargeBinary, nullable=False),  # the checkpoint of that size, signed by the log and this witness
    Column("time", BigInteger, nullable=False),  # when the witness says that it saw it, seconds since 1970-01-01 UTC
)

days: Final = Table(
    "log_day",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("day", CODE, nullable=False, unique=True),  # YYYY-MM-DD, UTC+8
    Column("writer", CODE),  # where the entry that holds the index is recorded; NULL before
    Column("entry", BigInteger),
    Column("reached", LargeBinary, nullable=False),  # JSON: for each queue the first number that is not covered
    Column("draft", LargeBinary, nullable=False),  # JSON: body and lines of that entry
)

day_sides: Final = Table(
    "log_day_side",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("side", CODE, primary_key=True),
    Column("depth", Integer, nullable=False),
    Column("nodes", LargeBinary, nullable=False),  # hashes of the subtrees below the upper levels
)

day_leaves: Final = Table(
    "log_day_leaf",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("side", CODE, primary_key=True),
    Column("position", CODE, primary_key=True),  # 64 hexadecimal digits, so that their order is that of the numbers
    Column("uscc", CODE, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

integrator: Final = Table(
    "log_integrator",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),  # 1: there is one row
    Column("epoch", BigInteger, nullable=False),  # grows with every process that takes over
)
