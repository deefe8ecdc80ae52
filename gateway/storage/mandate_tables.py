"""The tables of mandates: versions, and what was proposed. Rows are only ever added; facts are in ``tables``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Table, Text

from gateway.storage.columns import CODE, Instant
from gateway.storage.tables import metadata

mandate_version: Final = Table(
    "mandate_version",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("agency", CODE, nullable=False),
    Column("role", CODE, nullable=False),
    Column("content", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("request_id", CODE, nullable=False, index=True),
    Column("proposal_id", CODE, nullable=False),
    Column("proposed_by_agency", CODE, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("approved_by_agency", CODE, nullable=False),
    Column("approved_by", Text, nullable=False),
)
"""``number``: without gaps; a caller's highest is what holds. What is about a proposal is empty for what the store was
begun with, and ``revision`` is the newest of then."""

mandate_proposal: Final = Table(
    "mandate_proposal",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("proposal_id", CODE, nullable=False, unique=True),
    Column("agency", CODE, nullable=False),
    Column("role", CODE, nullable=False),
    Column("content", Text, nullable=False),
    Column("replaces", BigInteger, nullable=False),
    Column("proposed_by_agency", CODE, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document_number", Text, nullable=False),
    Column("request_id", CODE, nullable=False, index=True),
)
"""``number``: without gaps; a caller's highest is the one that can be approved."""
