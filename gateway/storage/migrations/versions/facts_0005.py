"""Acts of joint meetings get a table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0005"
down_revision = "facts_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "meeting_act",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("meeting_id", CODE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("request_id", CODE, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_meeting_act"),
        sa.UniqueConstraint("request_id", name="uq_meeting_act_request_id"),
    )
    op.create_index("ix_meeting_act_meeting_id", "meeting_act", ["meeting_id"])


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
