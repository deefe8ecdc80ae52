"""The log that queues are integrated into: logs, runs, tiles, what witnesses have seen, and who integrates."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE

revision: Final = "log_0001"
down_revision: Final = None
branch_labels: Final = ("log",)
depends_on: Final = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "log",
        sa.Column("origin", CODE, primary_key=True),
        sa.Column("opened", sa.Integer, nullable=False, unique=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("signed_size", sa.BigInteger, nullable=False),
        sa.Column("signed_root", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("opening", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_run",
        sa.Column("origin", CODE, primary_key=True),
        sa.Column("first_index", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("writer", CODE, nullable=False),
        sa.Column("first_number", sa.BigInteger, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("writer", "first_number"),
    )
    op.create_table(
        "log_tile",
        sa.Column("origin", CODE, primary_key=True),
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_cosignature",
        sa.Column("origin", CODE, primary_key=True),
        sa.Column("witness", CODE, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
    )
    integrator = op.create_table(
        "log_integrator",
        sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(integrator, [{"only": 1, "epoch": 0}])


def downgrade() -> None:
    """Refuse: the log must outlive the software that wrote it."""
    raise NotImplementedError("a log is not dropped by a migration")
