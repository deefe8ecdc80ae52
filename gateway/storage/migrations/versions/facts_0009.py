"""Mandates are kept in the store: their versions, and what was proposed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0009"
down_revision = "facts_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables, empty: the first start fills the versions from agencies.toml."""
    op.create_table(
        "mandate_version",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("agency", CODE, nullable=False),
        sa.Column("role", CODE, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("request_id", CODE, nullable=False),
        sa.Column("proposal_id", CODE, nullable=False),
        sa.Column("proposed_by_agency", CODE, nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("approved_by_agency", CODE, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_mandate_version"),
    )
    op.create_index("ix_mandate_version_request_id", "mandate_version", ["request_id"])
    op.create_table(
        "mandate_proposal",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("proposal_id", CODE, nullable=False),
        sa.Column("agency", CODE, nullable=False),
        sa.Column("role", CODE, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("replaces", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by_agency", CODE, nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("request_id", CODE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_mandate_proposal"),
        sa.UniqueConstraint("proposal_id"),
    )
    op.create_index("ix_mandate_proposal_request_id", "mandate_proposal", ["request_id"])


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
