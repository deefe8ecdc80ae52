"""Records of natural persons get a table; complaints and arrears name their payment order in place of an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from alembic import op

from formats import canonical
from gateway.storage.columns import CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

revision = "facts_0002"
down_revision = "facts_0001"
branch_labels = None
depends_on = None

AT_ONCE: Final = 1_000
_RECORD: Final = sa.table(
    "simple_record",
    sa.column("record_id"),
    sa.column("revision_from"),
    sa.column("kind"),
    sa.column("content"),
)


def upgrade() -> None:
    """Make the table, and write the content of complaints and arrears anew."""
    op.create_table(
        "person_record",
        sa.Column("record_id", CODE, nullable=False),
        sa.Column("revision_from", sa.BigInteger(), nullable=False),
        sa.Column("revision_until", sa.BigInteger()),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "revision_from", name="pk_person_record"),
    )
    op.create_index("ix_person_record_person_key", "person_record", ["person_key"])
    _name_payment_orders()


def _name_payment_orders() -> None:
    """Keep what belonged together together: an incident that is not the record's own becomes its order's number."""
    column = _RECORD.c
    changing = (
        sa.update(_RECORD)
        .where(column.record_id == sa.bindparam("id"), column.revision_from == sa.bindparam("since"))
        .values(content=sa.bindparam("written"))
    )
    for batch in _batches():
        op.get_bind().execute(changing, batch)


def _batches() -> Iterator[list[dict[str, object]]]:
    column = _RECORD.c
    wanted = sa.select(_RECORD).where(column.kind.in_(["complaint", "arrears"]))
    rows = op.get_bind().execute(wanted).all()
    for start in range(0, len(rows), AT_ONCE):
        yield [
            {"id": row.record_id, "since": row.revision_from, "written": _rewritten(row.record_id, row.content)}
            for row in rows[start : start + AT_ONCE]
        ]


def _rewritten(record_id: str, content: str) -> str:
    values = canonical.decode(content.encode())
    if not isinstance(values, dict):
        raise TypeError(f"record {record_id}: the content is no object")
    incident = values.pop("incident_id")
    values["payment_order_number"] = "" if incident == record_id else incident
    return canonical.encode(values).decode()


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
