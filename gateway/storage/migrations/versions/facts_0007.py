"""Imports are batches: staged beside the facts, approved, revoked; acts of a listing can end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0007"
down_revision = "facts_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give acts, persons and owners of listings an end, submissions their batch, and batches their tables."""
    _acts_can_end()
    op.add_column("submission", sa.Column("batch", CODE))
    op.create_index("ix_submission_batch", "submission", ["batch"])
    _batches()
    _differences()


def _acts_can_end() -> None:
    # Whatever refers to listings goes first: on SQLite each table is written anew.
    for table, own in (("listing_act", ["act_id"]), ("listed_person", ["listing_id", "person_key"])):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"fk_{table}_listing_id", type_="foreignkey")
            _keyed_by_revision(batch, table, own)
    with op.batch_alter_table("listing") as batch:
        _keyed_by_revision(batch, "listing", ["listing_id"])
    op.create_index("ix_listing_act_revision_until", "listing_act", ["revision_until"])


def _keyed_by_revision(batch: object, table: str, own: list[str]) -> None:
    batch.add_column(sa.Column("revision_until", sa.BigInteger()))  # type: ignore[attr-defined]
    batch.drop_constraint(f"pk_{table}", type_="primary")  # type: ignore[attr-defined]
    batch.create_primary_key(f"pk_{table}", [*own, "revision"])  # type: ignore[attr-defined]


def _batches() -> None:
    op.create_table(
        "import_batch",
        sa.Column("batch_id", CODE, nullable=False),
        sa.Column("agency", CODE, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("staged", sa.Boolean(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("signed_for", sa.Text(), nullable=False),
        sa.Column("signed_request", CODE, nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", Instant()),
        sa.Column("decided_request", CODE, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("revoked_in", sa.BigInteger()),
        sa.PrimaryKeyConstraint("batch_id", name="pk_import_batch"),
    )
    op.create_index("ix_import_batch_agency", "import_batch", ["agency"])
    op.create_index("ix_import_batch_revoked_in", "import_batch", ["revoked_in"])
    op.create_table(
        "staged_chunk",
        sa.Column("batch_id", CODE, nullable=False),
        sa.Column("request_id", CODE, nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("batch_id", "place", name="pk_staged_chunk"),
    )


def _differences() -> None:
    op.create_table(
        "import_difference",
        sa.Column("batch_id", CODE, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name="pk_import_difference"),
    )
    op.create_table(
        "import_shift",
        sa.Column("batch_id", CODE, nullable=False),
        sa.Column("relieved", sa.Boolean(), nullable=False),
        sa.Column("uscc", CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("effect_before", sa.SmallInteger(), nullable=False),
        sa.Column("effect_after", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "relieved", "uscc", name="pk_import_shift"),
    )


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
