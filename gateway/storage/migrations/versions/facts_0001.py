"""The tables of facts, as first made; their meaning is in ``gateway.storage.tables``."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.columns import CODE, Instant

revision = "facts_0001"
down_revision = None
branch_labels = ("facts",)
depends_on = None


def upgrade() -> None:
    """Make the tables, and the one row that every writer locks."""
    _revisions()
    _records()
    _notices()
    _listings()
    _submissions()


def _bitemporal(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("record_id", CODE, nullable=False),
        sa.Column("revision_from", sa.BigInteger(), nullable=False),
        sa.Column("revision_until", sa.BigInteger()),
        sa.Column("content_digest", sa.Text(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("record_id", "revision_from", name=f"pk_{name}"),
    )


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _revisions() -> None:
    head = op.create_table(
        "head",
        sa.Column("id", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_head"),
        sa.CheckConstraint("id = 1", name="ck_head_one_row"),
    )
    op.bulk_insert(head, [{"id": 1, "revision": 0}])
    op.create_table(
        "revision",
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("committed_at", Instant(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
    )
    _index("revision", "committed_at")
    for table, column in (("touched", "uscc"), ("touched_name", "name_key")):
        op.create_table(
            table,
            sa.Column("revision", sa.BigInteger(), nullable=False, autoincrement=False),
            sa.Column(column, CODE, nullable=False),
            sa.PrimaryKeyConstraint("revision", column, name=f"pk_{table}"),
        )
    op.create_table(
        "feed_confirmation",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("current_until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "revision", name="pk_feed_confirmation"),
    )


def _records() -> None:
    _bitemporal(
        "enterprise_profile",
        sa.Column("uscc", CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("kind", sa.SmallInteger()),
        sa.Column("construction_unit", sa.Boolean(), nullable=False),
        sa.Column("representative_key", sa.Text()),
        sa.Column("head_office_uscc", CODE),
        sa.Column("successor_of_uscc", CODE),
        sa.Column("business_status", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("provenance", sa.SmallInteger(), nullable=False),
        sa.Column("nonconforming", sa.Boolean(), nullable=False),
    )
    _index("enterprise_profile", "uscc", "representative_key", "head_office_uscc", "successor_of_uscc")
    _bitemporal(
        "simple_record",
        sa.Column("uscc", CODE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
    )
    op.create_index("ix_simple_record_uscc_kind", "simple_record", ["uscc", "kind"])


def _notices() -> None:
    _bitemporal(
        "held_notice",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", CODE, nullable=False),
        sa.Column("code_printed", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
    )
    _index("held_notice", "name_key")
    _bitemporal(
        "attachment",
        sa.Column("target_record_id", CODE, nullable=False),
        sa.Column("uscc", CODE, nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
    )
    _index("attachment", "target_record_id")


def _listings() -> None:
    op.create_table(
        "listing",
        sa.Column("listing_id", CODE, nullable=False),
        sa.Column("uscc", CODE, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("listing_id", name="pk_listing"),
    )
    _index("listing", "uscc")
    op.create_table(
        "listing_act",
        sa.Column("act_id", CODE, nullable=False),
        sa.Column("listing_id", CODE, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=False),
        sa.Column("acted_at", Instant()),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("act_id", name="pk_listing_act"),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.listing_id"], name="fk_listing_act_listing_id"),
    )
    _index("listing_act", "listing_id")
    op.create_table(
        "listed_person",
        sa.Column("listing_id", CODE, nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("listing_id", "person_key", name="pk_listed_person"),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.listing_id"], name="fk_listed_person_listing_id"),
    )
    _index("listed_person", "person_key")
    op.create_table(
        "person",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_person"),
    )


def _submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("request_id", CODE, nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("visible_from", sa.BigInteger(), nullable=False),
        sa.Column("took_revision", sa.Boolean(), nullable=False),
        sa.Column("outcomes", sa.LargeBinary(), nullable=False),
        sa.Column("entry_number", sa.BigInteger()),
        sa.PrimaryKeyConstraint("request_id", "chunk", name="pk_submission"),
    )
    unrecorded = sa.text("entry_number IS NULL AND took_revision")
    op.create_index(
        "ix_submission_unrecorded",
        "submission",
        ["writer"],
        sqlite_where=unrecorded,
        postgresql_where=unrecorded,
    )


def downgrade() -> None:
    """Refuse: facts must outlive the software that wrote them."""
    raise NotImplementedError("facts are not dropped by a migration")
