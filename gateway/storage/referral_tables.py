"""Tables of referrals beside those in ``tables``: the silences that are evidence."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, SmallInteger, Table, Text

from gateway.storage.columns import CODE, Instant
from gateway.storage.tables import metadata

referral_silence: Final = Table(
    "referral_silence",
    metadata,
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("agency", CODE, primary_key=True),
    Column("state", SmallInteger, primary_key=True, autoincrement=False),
    Column("referral_id", CODE, nullable=False, index=True),
    Column("since", Instant, nullable=False),
    Column("writer", Text, nullable=False),
    Column("claimed_at", Instant, nullable=False),
    Column("entry", BigInteger),
)
"""Towards which agency an entry of a referral met with silence, and the audit entry that says so; NULL while owed."""
OWED: Final = Index(
    "ix_referral_silence_owed",
    referral_silence.c.claimed_at,
    sqlite_where=referral_silence.c.entry.is_(None),
    postgresql_where=referral_silence.c.entry.is_(None),
)
