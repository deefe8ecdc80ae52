"""The indexes of days: which calls asked about which enterprise, and the entries that hold their roots."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE

revision: Final = "log_0002"
down_revision: Final = "log_0001"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "log_day",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("day", CODE, nullable=False, unique=True),
        sa.Column("writer", CODE),
        sa.Column("entry", sa.BigInteger),
        sa.Column("reached", sa.LargeBinary, nullable=False),
        sa.Column("draft", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_day_side",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("side", CODE, primary_key=True),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("nodes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_day_leaf",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("side", CODE, primary_key=True),
        sa.Column("position", CODE, primary_key=True),
        sa.Column("uscc", CODE, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Refuse: the log must outlive the software that wrote it."""
    raise NotImplementedError("the indexes of a log are not dropped by a migration")
