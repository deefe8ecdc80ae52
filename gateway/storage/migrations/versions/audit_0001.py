"""The audit queue: writers, entries, batch lines."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE

revision: Final = "audit_0001"
down_revision: Final = None
branch_labels: Final = ("audit",)
depends_on: Final = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "audit_writer",
        sa.Column("writer", CODE, primary_key=True),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("next_number", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "audit_entry",
        sa.Column("writer", CODE, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "audit_line",
        sa.Column("writer", CODE, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("item", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Refuse: entries must outlive the software that wrote them."""
    raise NotImplementedError("audit entries are not dropped by a migration")
