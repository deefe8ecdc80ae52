"""Policies are proposed and approved in the store: what was proposed, and what of it holds from when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0015"
down_revision = "facts_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables, empty: until a policy is approved the configuration's holds."""
    op.create_table(
        "policy_proposal",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("proposal_id", CODE, nullable=False),
        sa.Column("profile", CODE, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("digest", CODE, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("holds_on", CODE, nullable=False),
        sa.Column("replaces", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by_agency", CODE, nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("request_id", CODE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_policy_proposal"),
        sa.UniqueConstraint("proposal_id"),
    )
    op.create_index("ix_policy_proposal_digest", "policy_proposal", ["digest"])
    op.create_index("ix_policy_proposal_request_id", "policy_proposal", ["request_id"])
    op.create_table(
        "policy_version",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("proposal_id", CODE, nullable=False),
        sa.Column("holds_from", Instant(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("approved_by_agency", CODE, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("request_id", CODE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_policy_version"),
        sa.UniqueConstraint("proposal_id"),
    )
    op.create_index("ix_policy_version_request_id", "policy_version", ["request_id"])


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
