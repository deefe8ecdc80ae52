"""What several nodes on PostgreSQL need: leases, and which programs run on the tables. SQLite serves one machine."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE

revision: Final = "log_0003"
down_revision: Final = "log_0002"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    """Make the tables, with both leases in it, which nobody holds."""
    if op.get_context().dialect.name == "sqlite":
        return
    op.create_table(
        "tables_floor",
        sa.Column("branch", CODE, primary_key=True),
        sa.Column("oldest", CODE, nullable=False),
    )
    lease = op.create_table(
        "lease",
        sa.Column("name", CODE, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("ends_us", sa.BigInteger, nullable=False),
    )
    nobodys = {"holder": "", "epoch": 0, "ends_us": 0}
    op.bulk_insert(lease, [{"name": name, **nobodys} for name in ("integrator", "timers")])


def downgrade() -> None:
    """Refuse: the log must outlive the software that wrote it."""
    raise NotImplementedError("the tables of a log are not dropped by a migration")
