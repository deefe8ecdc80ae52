"""The connector's own store: what it was told, what it sent, and up to which revision, all in one transaction.

Whoever kills it finds it as it was before or after a transaction: a revision is applied and the cursor moved together,
a batch is made and its rows marked together. So nothing is left out and nothing is sent under two numbers.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Final, Self

from jointsanctions.v1 import changes_pb2

from adapters.errors import JournalUnavailableError
from adapters.platform import tables
from adapters.platform.targets import act_of, of_fact, of_listing
from formats.civil import civil_date, format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from pathlib import Path
    from types import TracebackType

    from adapters.platform.settings import Report, Settings
    from adapters.platform.targets import Targets

PROFILE = "enterprise"
ACT = "listing_act"
LISTING = "listing"
NOTES = frozenset({"withdrawal", "shown_repair"})
"""Kinds that say something of another record."""

NOTE: Final = ("REPLACE INTO note VALUES (?, ?, ?)", "DELETE FROM note WHERE record_id = ?")
ACT_ROW: Final = ("REPLACE INTO act VALUES (?, ?, ?)", "DELETE FROM act WHERE act_id = ?")
"""How one is kept, and forgotten."""


class GapError(Exception):
    """The stream left a revision out, or the store of the gateway is another one: nothing was applied."""


class Ledger:
    """An open store. One process at a time writes; a second one waits."""

    def __init__(self, path: Path, settings: Settings) -> None:
        """Open the store at *path*; a new one is made, readable by its owner only.

        Raises:
            JournalUnavailableError: It cannot be opened, or is no store of this version.
        """
        self.settings = settings
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self.connection = sqlite3.connect(path, timeout=30, isolation_level=None)
            self.connection.row_factory = sqlite3.Row
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            self._prepare()
        except (OSError, sqlite3.Error) as error:
            raise JournalUnavailableError(f"{path}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def _prepare(self) -> None:
        with self.writing():
            version = self.connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0 and not self.connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                for statement in tables.SCHEMA:
                    self.connection.execute(statement)
                self.connection.execute(f"PRAGMA application_id = {tables.APPLICATION_ID}")
                self.connection.execute(f"PRAGMA user_version = {tables.SCHEMA_VERSION}")
            elif (version, self.connection.execute("PRAGMA application_id").fetchone()[0]) != (
                tables.SCHEMA_VERSION,
                tables.APPLICATION_ID,
            ):
                raise sqlite3.DatabaseError("is no connector's store of this version")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Do everything within or nothing of it.

        Raises:
            JournalUnavailableError: The file cannot be written.
        """
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise JournalUnavailableError(str(error)) from error
            raise

    @property
    def revision(self) -> int:
        """The last revision that was applied; 0 before the first."""
        return int(self.connection.execute("SELECT revision FROM cursor").fetchone()[0])

    def apply(self, parts: Iterable[changes_pb2.ChangeSet]) -> None:
        """Apply all parts of one revision, and move the cursor to it; one that was applied before changes nothing.

        Raises:
            GapError: It is not the next one.
        """
        whole = list(parts)
        revision = whole[0].revision
        with self.writing():
            if revision <= self.revision:
                return
            if revision != self.revision + 1:
                raise GapError(f"revision {revision} came after {self.revision}")
            since = civil_date(whole[0].committed_at.ToDatetime(UTC)).isoformat()
            for part in whole:
                for change in part.changes:
                    self._take(change, part.feed, since)
            self.connection.execute("UPDATE cursor SET revision = ?", (revision,))

    def _take(self, change: changes_pb2.Change, feed: str, since: str) -> None:
        if change.kind == PROFILE:
            self._take_name(change, since)
        elif change.kind in NOTES:
            target = change.withdrawal.record_id or change.shown_repair.record_id
            self._keep(change, target, NOTE)
            self._touch(target, since)
        elif change.kind == ACT:
            self._take_act(change, feed, since)
        else:
            self._take_item(change, feed, since)

    def _take_name(self, change: changes_pb2.Change, since: str) -> None:
        self.connection.execute("DELETE FROM name WHERE record_id = ?", (change.record_id,))
        if change.what != changes_pb2.CHANGE_KIND_ENDED:
            sent = change.record.enterprise
            self.connection.execute(
                "INSERT INTO name VALUES (?, ?, ?, ?)", (change.record_id, change.uscc, sent.valid_from, sent.name)
            )
        named = self.connection.execute("SELECT record_id FROM record WHERE uscc = ?", (change.uscc,)).fetchall()
        for row in named:
            self._touch(row["record_id"], since)

    def _take_act(self, change: changes_pb2.Change, feed: str, since: str) -> None:
        if LISTING not in self.settings.reports:
            return
        self._keep(change, change.listing_id, ACT_ROW)
        self._follow(change.listing_id, LISTING, change.uscc, feed, since)

    def _keep(self, change: changes_pb2.Change, of: str, statements: tuple[str, str]) -> None:
        """Keep an act or note; one that is on record no more, because its import was revoked, is forgotten."""
        keep, forget = statements
        if change.what == changes_pb2.CHANGE_KIND_ENDED:
            self.connection.execute(forget, (change.record_id,))
        else:
            self.connection.execute(keep, (change.record_id, of, change.SerializeToString(deterministic=True)))

    def _take_item(self, change: changes_pb2.Change, feed: str, since: str) -> None:
        report = self.settings.reports.get(change.kind)
        known = self.connection.execute("SELECT 1 FROM record WHERE record_id = ?", (change.record_id,)).fetchone()
        if report is None or not (known or feed in report.feeds):
            return
        if change.what == changes_pb2.CHANGE_KIND_ENDED:
            self.connection.execute("DELETE FROM item WHERE record_id = ?", (change.record_id,))
        else:
            content = change.SerializeToString(deterministic=True)
            self.connection.execute("REPLACE INTO item VALUES (?, ?)", (change.record_id, content))
        self._follow(change.record_id, change.kind, change.uscc, feed, since)

    def _follow(self, record_id: str, kind: str, uscc: str, feed: str, since: str) -> None:
        """Look at a record from now on if it came by a feed that is reported, and anew if it did before."""
        report = self.settings.reports.get(kind)
        if report is not None and feed in report.feeds:
            self.connection.execute(
                "INSERT INTO record (record_id, kind, uscc) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET uscc = ?3",
                (record_id, kind, uscc),
            )
        self._touch(record_id, since)

    def _touch(self, record_id: str, since: str) -> None:
        self.connection.execute(
            "UPDATE record SET since = min(coalesce(since, ?2), ?2) WHERE record_id = ?1", (record_id, since)
        )

    def due(self, now: datetime) -> list[sqlite3.Row]:
        """Return the records to be looked at: those that changed, and those whose time came by *now*; in order."""
        return self.connection.execute(
            """SELECT record_id, kind, uscc, since, turns_at FROM record
            WHERE since IS NOT NULL OR turns_at <= ? ORDER BY record_id""",
            (format_instant(now),),
        ).fetchall()

    def targets(self, record: sqlite3.Row, now: datetime) -> Targets | None:
        """Return what the platform should hold of a record; None when it is on record no more."""
        report: Report = self.settings.reports[record["kind"]]
        name = self.name(record["uscc"], civil_date(now))
        if record["kind"] == LISTING:
            acts = [act_of(each) for each in self._told("act", "listing_id", record["record_id"])]
            return of_listing(report, record["record_id"], record["uscc"], name, acts, now)
        items = self._told("item", "record_id", record["record_id"])
        if not items:
            return None
        return of_fact(report, name, items[0], self._told("note", "target", record["record_id"]), now)

    def name(self, uscc: str, day: date) -> str:
        """Return the name that an enterprise bears on a day, else the first that it will; empty when none is known."""
        rows = self.connection.execute(
            "SELECT name, valid_from FROM name WHERE uscc = ? ORDER BY valid_from, record_id", (uscc,)
        ).fetchall()
        borne = [row["name"] for row in rows if row["valid_from"] <= day.isoformat()]
        return borne[-1] if borne else (rows[0]["name"] if rows else "")

    def _told(self, table: str, column: str, value: str) -> list[changes_pb2.Change]:
        found = self.connection.execute(f"SELECT content FROM {table} WHERE {column} = ? ORDER BY 1", (value,))  # noqa: S608 - names of our own
        return [changes_pb2.Change.FromString(row["content"]) for row in found]
