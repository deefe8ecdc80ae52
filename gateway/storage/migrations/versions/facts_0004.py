"""Acknowledged endings get a table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0004"
down_revision = "facts_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "ending_acknowledgement",
        sa.Column("ending_id", CODE, nullable=False),
        sa.Column("agency", CODE, nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("ending_id", "agency", name="pk_ending_acknowledgement"),
    )


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
