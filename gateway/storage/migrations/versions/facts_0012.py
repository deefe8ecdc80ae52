"""Referrals get tables: their entries, what was received of them, and the keys to which dossiers are sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0012"
down_revision = "facts_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "referral_entry",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("referral_id", CODE, nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("request_id", CODE, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_referral_entry"),
    )
    op.create_index("ix_referral_entry_referral_id", "referral_entry", ["referral_id"])
    op.create_table(
        "referral_delivery",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "place", name="pk_referral_delivery"),
    )
    op.create_table(
        "referral_fetch",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("referral_id", CODE, nullable=False),
        sa.Column("item_id", CODE, nullable=False),
        sa.Column("fetched_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "referral_id", "item_id", name="pk_referral_fetch"),
    )
    op.create_table(
        "dossier_key",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("kid", CODE, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "kid", name="pk_dossier_key"),
    )


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
