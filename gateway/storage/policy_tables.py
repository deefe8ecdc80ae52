"""The tables of policies: what was proposed, and what of it was approved. Rows are only ever added."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Table, Text

from gateway.storage.columns import CODE, Instant
from gateway.storage.tables import metadata

policy_proposal: Final = Table(
    "policy_proposal",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("proposal_id", CODE, nullable=False, unique=True),
    Column("profile", CODE, nullable=False),
    Column("version", Text, nullable=False),
    Column("digest", CODE, nullable=False, index=True),
    Column("content", Text, nullable=False),
    Column("holds_on", CODE, nullable=False),
    Column("replaces", BigInteger, nullable=False),
    Column("proposed_by_agency", CODE, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document_number", Text, nullable=False),
    Column("request_id", CODE, nullable=False, index=True),
)
"""``number``: without gaps; the highest is the one that can be approved. ``content``: a JSON object, file by name."""

policy_version: Final = Table(
    "policy_version",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("proposal_id", CODE, nullable=False, unique=True),
    Column("holds_from", Instant, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("approved_by_agency", CODE, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("request_id", CODE, nullable=False, index=True),
)
"""``number``: from 1, without gaps; 0 is the policy of the configuration."""
