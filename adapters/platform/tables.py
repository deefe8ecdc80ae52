"""The tables of the connector's store, one SQLite file.

``act``, ``item``, ``note`` and ``name`` hold what the stream of changes told, as far as it is reported; ``record`` what
is to be looked at, and when; ``row`` what the platform holds by what was sent; ``batch``, ``part`` and ``refusal`` the
batches. Instants are RFC 3339 texts in UTC, which sort as the instants do.
"""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x4A534750
"""SQLite's application id of a connector's store: "JSGP"."""
SCHEMA_VERSION: Final = 1

SCHEMA: Final = (
    "CREATE TABLE cursor (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL) STRICT",
    "INSERT INTO cursor VALUES (1, 0)",
    """CREATE TABLE name (
        record_id TEXT PRIMARY KEY, uscc TEXT NOT NULL, valid_from TEXT NOT NULL, name TEXT NOT NULL) STRICT""",
    "CREATE INDEX name_of ON name (uscc, valid_from)",
    "CREATE TABLE act (act_id TEXT PRIMARY KEY, listing_id TEXT NOT NULL, content BLOB NOT NULL) STRICT",
    "CREATE INDEX act_of ON act (listing_id)",
    "CREATE TABLE item (record_id TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT",
    "CREATE TABLE note (record_id TEXT PRIMARY KEY, target TEXT NOT NULL, content BLOB NOT NULL) STRICT",
    "CREATE INDEX note_on ON note (target)",
    """CREATE TABLE record (
        record_id TEXT PRIMARY KEY, kind TEXT NOT NULL, uscc TEXT NOT NULL, since TEXT,
        turns_at TEXT, waiting TEXT NOT NULL DEFAULT '') STRICT""",
    "CREATE INDEX record_changed ON record (since) WHERE since IS NOT NULL",
    "CREATE INDEX record_turning ON record (turns_at) WHERE turns_at IS NOT NULL",
    "CREATE INDEX record_of ON record (uscc)",
    """CREATE TABLE row (
        row_id TEXT PRIMARY KEY, record_id TEXT NOT NULL, kind TEXT NOT NULL, held INTEGER NOT NULL,
        cells TEXT NOT NULL, sent_digest TEXT NOT NULL, refused_digest TEXT NOT NULL DEFAULT '', batch INTEGER NOT NULL,
        operation TEXT NOT NULL, ground TEXT NOT NULL, ended_on TEXT NOT NULL, since TEXT NOT NULL,
        acknowledged INTEGER NOT NULL) STRICT""",
    "CREATE INDEX row_of ON row (record_id)",
    "CREATE INDEX row_open ON row (acknowledged) WHERE acknowledged = 0",
    """CREATE TABLE batch (
        number INTEGER PRIMARY KEY, kind TEXT NOT NULL, rows INTEGER NOT NULL, content BLOB NOT NULL,
        sha256 TEXT NOT NULL, manifest BLOB NOT NULL, manifest_sha256 TEXT NOT NULL, to_revision INTEGER NOT NULL,
        made_at TEXT NOT NULL, handed_at TEXT, receipt TEXT NOT NULL DEFAULT '', received_at TEXT) STRICT""",
    "CREATE INDEX batch_open ON batch (receipt) WHERE receipt = ''",
    """CREATE TABLE part (
        batch INTEGER NOT NULL, place INTEGER NOT NULL, row_id TEXT NOT NULL, digest TEXT NOT NULL,
        operation TEXT NOT NULL, PRIMARY KEY (batch, place)) STRICT""",
    """CREATE TABLE refusal (
        batch INTEGER NOT NULL, place INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (batch, place)) STRICT""",
    *(
        f"""CREATE TRIGGER batch_keeps_{column} BEFORE UPDATE OF {column} ON batch
        BEGIN SELECT RAISE (ABORT, 'a batch is never changed'); END"""
        for column in ("number", "kind", "rows", "content", "sha256", "manifest", "manifest_sha256", "to_revision")
    ),
    "CREATE TRIGGER batch_is_kept BEFORE DELETE ON batch BEGIN SELECT RAISE (ABORT, 'a batch is never deleted'); END",
    "CREATE TRIGGER part_stays BEFORE UPDATE ON part BEGIN SELECT RAISE (ABORT, 'a batch is never changed'); END",
    "CREATE TRIGGER part_is_kept BEFORE DELETE ON part BEGIN SELECT RAISE (ABORT, 'a batch is never changed'); END",
)
