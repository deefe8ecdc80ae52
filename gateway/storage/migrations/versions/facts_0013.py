"""Silences towards referrals get a table: each is established once, by an audit entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0013"
down_revision = "facts_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "referral_silence",
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agency", CODE, nullable=False),
        sa.Column("state", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("referral_id", CODE, nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("claimed_at", Instant(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("place", "agency", "state", name="pk_referral_silence"),
    )
    op.create_index("ix_referral_silence_referral_id", "referral_silence", ["referral_id"])
    op.create_index(
        "ix_referral_silence_owed",
        "referral_silence",
        ["claimed_at"],
        sqlite_where=sa.text("entry IS NULL"),
        postgresql_where=sa.text("entry IS NULL"),
    )


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
