"""The tables of cases. Rows are only ever added; facts are in ``tables``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, SmallInteger, Table, Text

from gateway.storage.columns import CODE, Instant
from gateway.storage.tables import metadata

case_act: Final = Table(
    "case_act",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", CODE, nullable=False, index=True),
    Column("agency", CODE, nullable=False),
    Column("area", SmallInteger, nullable=False),
    Column("case_ref", CODE, nullable=False),
    Column("part", CODE, nullable=False),
    Column("kind", Text, nullable=False),
    Column("request_id", CODE, nullable=False, unique=True),
    Column("recorded_at", Instant, nullable=False),
    Column("content", Text, nullable=False),
    Index(None, "agency", "area", "case_ref"),
)
"""Terms that were registered and closings, in the order of ``number``. They take no data revision: no answer of anybody
else rests on a case, and none may tell by its revision that there is one."""

case_event: Final = Table(
    "case_event",
    metadata,
    Column("agency", CODE, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", CODE, nullable=False, index=True),
    Column("area", SmallInteger, nullable=False),
    Column("case_ref", CODE, nullable=False),
    Column("part", CODE, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("uscc", CODE, nullable=False),
    Column("rule_id", CODE, nullable=False),
    Column("record_id", CODE, nullable=False),
    Column("of_sequence", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("seen_at", Instant, nullable=False),
)
"""``sequence``: of each agency's own, without gaps, so that it tells nothing of the cases of others."""

case_event_acknowledgement: Final = Table(
    "case_event_acknowledgement",
    metadata,
    Column("agency", CODE, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("acknowledged_at", Instant, nullable=False),
)
"""Which agency has which of its events."""
