"""Facts are told apart by kind without being read, and what a revision changed is found without going through all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "facts_0003"
down_revision = "facts_0002"
branch_labels = None
depends_on = None

VERSIONED = ("enterprise_profile", "simple_record", "person_record", "held_notice", "attachment")


def upgrade() -> None:
    """Make the indexes, and drop the one that the first of them replaces."""
    op.drop_index("ix_simple_record_uscc", "simple_record")
    op.create_index("ix_simple_record_uscc_kind", "simple_record", ["uscc", "kind"])
    ended = sa.column("revision_until").is_not(None)
    for table in VERSIONED:
        op.create_index(f"ix_{table}_revision_from", table, ["revision_from"])
        op.create_index(
            f"ix_{table}_revision_until", table, ["revision_until"], sqlite_where=ended, postgresql_where=ended
        )
    op.create_index("ix_listing_act_revision", "listing_act", ["revision"])


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
