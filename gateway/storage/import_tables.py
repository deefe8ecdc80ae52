"""The tables of imports: batches, what is staged and weighs on nothing, and the differences as last computed.

Facts are in ``tables``; nothing of these tables is read for an answer. What is staged is sealed, and is taken out when
it has become facts or was discarded: persons' numbers are in it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, LargeBinary, SmallInteger, Table, Text

from gateway.storage.columns import CODE, Instant
from gateway.storage.tables import metadata

import_batch: Final = Table(
    "import_batch",
    metadata,
    Column("batch_id", CODE, primary_key=True),
    Column("agency", CODE, nullable=False, index=True),
    Column("feed", Text, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("staged", Boolean, nullable=False),
    Column("officer", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("signed_for", Text, nullable=False),
    Column("signed_request", CODE, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant),
    Column("decided_request", CODE, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document_number", Text, nullable=False),
    Column("revoked_in", BigInteger, index=True),
)
"""``holder``: the person whose certificate began it, empty for a system's. ``signed_by`` gave the first of two words
to what ``signed_for`` names; ``decided_…``: the last decision on it."""

staged_chunk: Final = Table(
    "staged_chunk",
    metadata,
    Column("batch_id", CODE, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("request_id", CODE, nullable=False),
    Column("chunk", Integer, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("codes", Text, nullable=False),
    Column("content", LargeBinary),
)
"""``place``: from 1, the order in which it came and is applied. ``codes``: codes that fail the standard and that its
own master records bring. ``content``: the records, compressed and sealed; NULL once applied or discarded."""

import_difference: Final = Table(
    "import_difference",
    metadata,
    Column("batch_id", CODE, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("rules", Text, nullable=False),
    Column("content", Text, nullable=False),
)
"""The last computed: against which revision, from which day on, under which policy."""

import_shift: Final = Table(
    "import_shift",
    metadata,
    Column("batch_id", CODE, primary_key=True),
    Column("relieved", Boolean, primary_key=True),
    Column("uscc", CODE, primary_key=True),
    Column("name", Text, nullable=False),
    Column("effect_before", SmallInteger, nullable=False),
    Column("effect_after", SmallInteger, nullable=False),
)
"""Whose answers the difference would make stricter, or relieve."""
