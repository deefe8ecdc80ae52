"""The facts that start clocks are found without going through all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "facts_0006"
down_revision = "facts_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    clocked = sa.text("kind IN ('publication_objection', 'wage_deposit')")
    op.create_index(
        "ix_simple_record_clocked", "simple_record", ["kind"], sqlite_where=clocked, postgresql_where=clocked
    )


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
