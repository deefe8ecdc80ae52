"""The tables of facts. Their columns' meaning and their keys; reading and writing is elsewhere, as are audit tables.

Every row says from which data revision it is known. ``revision_from`` and ``revision_until`` bound what was known:
[from, until), NULL while it is current. Nothing is deleted. Codes collate byte by byte, so that order is the same in
SQL and in Python. Words of closed lists are kept as their numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    and_,
    literal_column,
)

from gateway.storage.columns import CODE, Instant

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


def _bitemporal(name: str, *columns: Column[object] | Index) -> Table:
    """Make a table of versions of records, one current at most by ``record_id``; what a revision changed is indexed."""
    until = Column("revision_until", BigInteger)
    ended = until.is_not(None)
    return Table(
        name,
        metadata,
        Column("record_id", CODE, primary_key=True),
        Column("revision_from", BigInteger, primary_key=True, autoincrement=False, index=True),
        until,
        Column("content_digest", Text, nullable=False),
        Index(None, until, sqlite_where=ended, postgresql_where=ended),
        *columns,
    )


head = Table(
    "head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("revision", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""One row: the newest revision. Locked by every writer, so that revisions are ordered and have no gaps."""

revision = Table(
    "revision",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("committed_at", Instant, nullable=False, index=True),
    Column("agency", Text, nullable=False),
    Column("feed", Text, nullable=False),
    Column("request_id", Text, nullable=False),
)
"""``committed_at`` never runs backwards from one revision to the next."""

enterprise_profile = _bitemporal(
    "enterprise_profile",
    Column("uscc", CODE, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("kind", SmallInteger),
    Column("construction_unit", Boolean, nullable=False),
    Column("representative_key", Text, index=True),
    Column("head_office_uscc", CODE, index=True),
    Column("successor_of_uscc", CODE, index=True),
    Column("business_status", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("document_number", Text, nullable=False),
    Column("provenance", SmallInteger, nullable=False),
    Column("nonconforming", Boolean, nullable=False),
)
"""``nonconforming``: the code fails GB 32100-2015, and the master feed has it nevertheless."""

CLOCKED: Final[ColumnElement[bool]] = literal_column("kind IN ('publication_objection', 'wage_deposit')")
"""The few facts that start clocks; in the words of their index, as SQLite uses it for no others."""

simple_record = _bitemporal(
    "simple_record",
    Column("uscc", CODE, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),
    Index(None, "uscc", "kind"),
    Index("ix_simple_record_clocked", "kind", sqlite_where=CLOCKED, postgresql_where=CLOCKED),
)
"""Every fact about an enterprise that is neither profile nor listing; ``content`` as ``content`` writes it.

The index tells the few facts on which a timeline depends from the many others without looking at these.
"""

person_record = _bitemporal(
    "person_record",
    Column("person_key", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),
)
"""Facts about natural persons: in no enterprise's dossier and no timeline (E-11, S-06)."""

held_notice = _bitemporal(
    "held_notice",
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", CODE, nullable=False, index=True),
    Column("code_printed", Text, nullable=False),
    Column("why", Text, nullable=False),
)
"""Notices without a sound code: they weigh on nobody until an officer attaches them."""

attachment = _bitemporal(
    "attachment",
    Column("target_record_id", CODE, nullable=False, index=True),
    Column("uscc", CODE, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("authority", Text, nullable=False),
    Column("document_number", Text, nullable=False),
)

listing = Table(
    "listing",
    metadata,
    Column("listing_id", CODE, primary_key=True),
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("revision_until", BigInteger),
    Column("uscc", CODE, nullable=False, index=True),
)
"""Whose a listing is, fixed by its first act; another's, when every act of it was void and it is brought anew."""

listing_act = Table(
    "listing_act",
    metadata,
    Column("act_id", CODE, primary_key=True),
    Column("revision", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("revision_until", BigInteger, index=True),
    Column("listing_id", CODE, nullable=False, index=True),
    Column("kind", SmallInteger, nullable=False),
    Column("acted_on", Date, nullable=False),
    Column("acted_at", Instant),
    Column("document_number", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("content_digest", Text, nullable=False),
)
"""Acts are only ever added, and end when the import that brought them is revoked.

``details`` hold a decision's chain of documents and its reason (L-27).
"""

listed_person = Table(
    "listed_person",
    metadata,
    Column("listing_id", CODE, primary_key=True),
    Column("person_key", Text, primary_key=True, index=True),
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("revision_until", BigInteger),
)

person = Table(
    "person",
    metadata,
    Column("key", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""Name and number, readable with the vault's key only (I-22)."""

feed_confirmation = Table(
    "feed_confirmation",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("current_until", Instant, nullable=False),
)

submission = Table(
    "submission",
    metadata,
    Column("request_id", CODE, primary_key=True),
    Column("chunk", Integer, primary_key=True, autoincrement=False),
    Column("agency", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("writer", Text, nullable=False),
    Column("visible_from", BigInteger, nullable=False),
    Column("took_revision", Boolean, nullable=False),
    Column("outcomes", LargeBinary, nullable=False),
    Column("entry_number", BigInteger),
    Column("batch", CODE, index=True),
)
"""What was answered to each chunk, and the entry that holds it once that is durable.

``took_revision``: something was stored, so that an entry is owed; all but an acknowledgement, an act of a meeting, an
outcome, and what is staged or said of an import take a revision for it. ``batch``: the import whose records the chunk
stored.
"""

Index(
    "ix_submission_unrecorded",
    submission.c.writer,
    sqlite_where=and_(submission.c.entry_number.is_(None), submission.c.took_revision),
    postgresql_where=and_(submission.c.entry_number.is_(None), submission.c.took_revision),
)

ending_acknowledgement = Table(
    "ending_acknowledgement",
    metadata,
    Column("ending_id", CODE, primary_key=True),
    Column("agency", CODE, primary_key=True),
    Column("acknowledged_at", Instant, nullable=False),
)
"""Which agency has which ending; the endings themselves follow from the acts and are stored nowhere."""

meeting_act = Table(
    "meeting_act",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("meeting_id", CODE, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("request_id", CODE, nullable=False, unique=True),
    Column("recorded_at", Instant, nullable=False),
    Column("content", Text, nullable=False),
)
"""Acts of joint meetings, only ever added, in the order of ``number``, in which ``recorded_at`` never runs backwards.

They take no data revision: no answer rests on them, and none may tell by its revision that there was one.
"""

referral_entry = Table(
    "referral_entry",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("referral_id", CODE, nullable=False, index=True),
    Column("agency", Text, nullable=False),
    Column("request_id", CODE, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
"""Entries of referrals, only ever added, in the order of ``number``; what they say is sealed.

They take no data revision: no answer rests on them, and none may tell by its revision that there was one (T-60).
"""

referral_delivery = Table(
    "referral_delivery",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("acknowledged_at", Instant, nullable=False),
)
"""Which agency has acknowledged which entry of a referral."""

referral_fetch = Table(
    "referral_fetch",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("referral_id", CODE, primary_key=True),
    Column("item_id", CODE, primary_key=True),
    Column("fetched_at", Instant, nullable=False),
)
"""Which agency has fetched which sealed file to its end, for the first time."""

dossier_key = Table(
    "dossier_key",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("kid", CODE, primary_key=True),
    Column("recorded_at", Instant, nullable=False),
    Column("statement", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
)
"""Public keys to which dossiers are sealed, with what proves whose they are."""

outcome = Table(
    "outcome",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("outcome_id", CODE, nullable=False, unique=True),
    Column("agency", CODE, nullable=False),
    Column("case_ref", CODE, nullable=False),
    Column("uscc", CODE, nullable=False),
    Column("request_id", CODE, nullable=False, unique=True),
    Column("reported_at", Instant, nullable=False),
    Column("supersedes", CODE, unique=True),
    Column("content", Text, nullable=False),
    Index(None, "agency", "case_ref"),
)
"""What deciding systems did after answers, only ever added, in the order of ``number``; it takes no data revision.

``supersedes`` is unique: one correction takes the place of an outcome, and the next that of the correction.
"""

outcome_reference = Table(
    "outcome_reference",
    metadata,
    Column("reference", CODE, primary_key=True),
    Column("outcome_number", BigInteger, primary_key=True, autoincrement=False),
)
"""By which records, and on account of which endings, an outcome is found; the word before the colon tells which."""

touched = Table(
    "touched",
    metadata,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("uscc", CODE, primary_key=True),
)
"""Whose timeline or names a revision can change, directly or through a relation, or who becomes known or unknown."""

touched_name = Table(
    "touched_name",
    metadata,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("name_key", CODE, primary_key=True),
)
"""Under which names a revision changes the notices held."""
