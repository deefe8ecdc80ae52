"""Certificates that are revoked at the gateway are kept in the store, so that every node knows them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0014"
down_revision = "facts_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "revoked_certificate",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("serial", CODE, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("sha256", CODE, nullable=False),
        sa.Column("agency", CODE, nullable=False),
        sa.Column("role", CODE, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=False),
        sa.Column("revoked_by", sa.Text(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("request_id", CODE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_revoked_certificate"),
    )
    op.create_index("ix_revoked_certificate_request_id", "revoked_certificate", ["request_id"])


def downgrade() -> None:
    """Refuse: what is revoked must stay so."""
    raise NotImplementedError("facts are not dropped by a migration")
