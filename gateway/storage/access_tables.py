"""The tables of the access index: what can be looked for in recorded calls, without what was answered.

Everything in them is derived from the queues and can be made anew at any time, so that no migration concerns them: an
index of another ``SCHEMA`` is dropped and refilled. Personal identifiers are kept as keyed hashes only.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, literal_column, text

from gateway.domain.who_asked import RELEASE
from gateway.storage.columns import CODE

SCHEMA: Final = 8
"""Grows whenever a table here or the meaning of a column changes."""
metadata: Final = MetaData()

state: Final = Table(
    "access_state",
    metadata,
    Column("schema", Integer, primary_key=True, autoincrement=False),
    Column("key_check", CODE, nullable=False),  # tells that the keyed hashes were made with another key
)

progress: Final = Table(
    "access_progress",
    metadata,
    Column("writer", CODE, primary_key=True),
    Column("next_number", BigInteger, nullable=False),  # entries below it are in the index
)


def _place() -> tuple[Column[int], Column[str], Column[int], Column[int]]:
    """Return the columns that order rows: descending, they give the newest first and a batch before its items."""
    return (
        Column("time_us", BigInteger, primary_key=True, autoincrement=False),
        Column("writer", CODE, primary_key=True),
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("rank", Integer, primary_key=True, autoincrement=False),  # 0: the call itself; -1 - n: item n of a batch
    )


rows: Final = Table(
    "access_row",
    metadata,
    *_place(),
    Column("agency", CODE),
    Column("officer_key", CODE),
    Column("case_ref", CODE),
    Column("area", Integer),
    Column("point", Integer),
    Column("verdict", Integer),
    Column("outcome", CODE, nullable=False),
    Column("role", CODE),
    Column("method", CODE, nullable=False),
    Column("alone", Integer, nullable=False),  # 1: it counts as a call; of a batch as a whole or each item, never both
    sqlite_with_rowid=False,
)

parties: Final = Table(
    "access_party",
    metadata,
    Column("uscc", CODE, primary_key=True),
    *_place(),
    sqlite_with_rowid=False,
)

told: Final = Table(
    "access_told",
    metadata,
    Column("record", CODE, primary_key=True),  # as ``recorded_grounds`` writes it; MORE where there was no room for it
    Column("agency", CODE, primary_key=True),
    *_place(),
    Column("revision", BigInteger, nullable=False),
    Column("as_of_us", BigInteger, nullable=False),
    Column("case_ref", CODE, nullable=False),
    sqlite_with_rowid=False,
)
"""Which agency was told of which record, by what it was answered."""
MORE: Final = ""
"""In place of an id: the answer told of more records than its entry names, or was recorded before any was named."""

volume: Final = Table(
    "access_volume",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),  # civil day, Asia/Shanghai, since 1970-01-01
    Column("agency", CODE, primary_key=True),  # empty where the certificate named none
    Column("area", Integer, primary_key=True, autoincrement=False),  # 0 where the question named none
    Column("questions", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""How much was asked, kept while rows come and go: counting a year of rows for every look would read all of them."""


def _index(*names: str) -> None:
    """Index rows by *names*, and within them in the order of pages; rows that lack the first are left out."""
    leading = rows.c[names[0]]
    Index(
        f"access_row_{'_'.join(names)}",
        *(rows.c[name] for name in (*names, "time_us", "writer", "number", "rank")),
        sqlite_where=leading.is_not(None),
        postgresql_where=leading.is_not(None),
    )


REVIEWS: Final = rows.c.method == literal_column("'AuditService/SignReview'")
"""Written out, so that the index below serves it: few calls among all are reviews."""
Index(
    "access_row_review",
    *(rows.c[name].desc() for name in ("time_us", "writer", "number")),
    sqlite_where=REVIEWS,
    postgresql_where=REVIEWS,
)

INDEXED: Final = (
    ("case_ref",),
    ("officer_key",),
    ("outcome", "verdict"),
    ("agency", "outcome"),
    ("outcome",),
    ("agency", "verdict"),
    ("agency", "area"),
    ("agency",),
    ("verdict",),
    ("area",),
)
"""What rows are found by, the first that a search names being used: few rows first. Of outcomes, refusals are few."""
for _names in INDEXED:
    _index(*_names)
IS_RELEASE: Final = text(f"method = '{RELEASE}'")
"""Literal, because an index over a part of the rows serves only who asks for that part literally."""
Index("access_row_release", rows.c.time_us, sqlite_where=IS_RELEASE, postgresql_where=IS_RELEASE)
