"""Reported outcomes get a table, and what they refer to another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0008"
down_revision = "facts_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "outcome",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("outcome_id", CODE, nullable=False),
        sa.Column("agency", CODE, nullable=False),
        sa.Column("case_ref", CODE, nullable=False),
        sa.Column("uscc", CODE, nullable=False),
        sa.Column("request_id", CODE, nullable=False),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("supersedes", CODE),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_outcome"),
        sa.UniqueConstraint("outcome_id", name="uq_outcome_outcome_id"),
        sa.UniqueConstraint("request_id", name="uq_outcome_request_id"),
        sa.UniqueConstraint("supersedes", name="uq_outcome_supersedes"),
    )
    op.create_index("ix_outcome_agency_case_ref", "outcome", ["agency", "case_ref"])
    op.create_table(
        "outcome_reference",
        sa.Column("reference", CODE, nullable=False),
        sa.Column("outcome_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("reference", "outcome_number", name="pk_outcome_reference"),
    )


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
