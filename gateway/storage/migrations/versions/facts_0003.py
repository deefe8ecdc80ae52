"""Acknowledged endings get a table; withdrawals, and versions that ended, an index by their revision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0003"
down_revision = "facts_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all three."""
    op.create_table(
        "ending_acknowledgement",
        sa.Column("ending_id", CODE, nullable=False),
        sa.Column("agency", CODE, nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("ending_id", "agency", name="pk_ending_acknowledgement"),
    )
    only = sa.text("kind = 'withdrawal'")
    op.create_index(
        "ix_simple_record_withdrawal", "simple_record", ["revision_from"], sqlite_where=only, postgresql_where=only
    )
    ended = sa.text("revision_until IS NOT NULL")
    op.create_index(
        "ix_simple_record_ended", "simple_record", ["revision_until"], sqlite_where=ended, postgresql_where=ended
    )


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
