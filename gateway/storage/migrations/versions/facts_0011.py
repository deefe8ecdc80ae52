"""Names of held notices are compared in a wider normal form: simplified script, and one word for one legal form.

``touched_name`` keeps the old forms of past revisions: only who follows the store reads it, from where it stands, and
whoever starts on this version reads everything first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from formats.names import normalise_name

revision = "facts_0011"
down_revision = "facts_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the normal form of each name anew, of versions that are over too: answers from then are derived again."""
    held = sa.table("held_notice", sa.column("name", sa.Text()), sa.column("name_key", sa.Text()))
    store = op.get_bind()
    for name, key in store.execute(sa.select(held.c.name, held.c.name_key).distinct()).all():
        if (wider := normalise_name(name)) != key:
            store.execute(held.update().where(held.c.name == name).values(name_key=wider))


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
