"""Cases of deciding systems: their acts, what begins and ends to weigh on their parties, and who has which event."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0010"
down_revision = "facts_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "case_act",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("case_id", CODE, nullable=False),
        sa.Column("agency", CODE, nullable=False),
        sa.Column("area", sa.SmallInteger(), nullable=False),
        sa.Column("case_ref", CODE, nullable=False),
        sa.Column("part", CODE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("request_id", CODE, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_case_act"),
        sa.UniqueConstraint("request_id"),
    )
    op.create_index("ix_case_act_case_id", "case_act", ["case_id"])
    op.create_index("ix_case_act_agency_area_case_ref", "case_act", ["agency", "area", "case_ref"])
    op.create_table(
        "case_event",
        sa.Column("agency", CODE, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("case_id", CODE, nullable=False),
        sa.Column("area", sa.SmallInteger(), nullable=False),
        sa.Column("case_ref", CODE, nullable=False),
        sa.Column("part", CODE, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("uscc", CODE, nullable=False),
        sa.Column("rule_id", CODE, nullable=False),
        sa.Column("record_id", CODE, nullable=False),
        sa.Column("of_sequence", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "sequence", name="pk_case_event"),
    )
    op.create_index("ix_case_event_case_id", "case_event", ["case_id"])
    op.create_table(
        "case_event_acknowledgement",
        sa.Column("agency", CODE, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("acknowledged_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "sequence", name="pk_case_event_acknowledgement"),
    )


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
