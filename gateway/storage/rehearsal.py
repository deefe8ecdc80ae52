"""``SqlRehearsals``: an import tried on a copy, by the very code that would store it; the register sees nothing of it.

The copy is a temporary SQLite database that disappears with its connection, whatever the register lies on. It holds
what was on record at one revision about the records and enterprises that the import names: revisions keep their
numbers, and those of the import come after them, so that the copy read at the one and at the last is the register
before and after.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, or_, select
from sqlalchemy.pool import StaticPool

from gateway.domain.records import Dossier
from gateway.services.ports.imports import RecordChange
from gateway.storage import content, tables
from gateway.storage.changes import Changes
from gateway.storage.dossiers import ROWS_AT_ONCE, read_dossiers
from gateway.storage.engine import reading
from gateway.storage.known import PROFILE_KIND, batches, read_known
from gateway.storage.recorded import ACT_KIND, ATTACHMENT_KIND
from gateway.storage.seeds import Seeds
from gateway.storage.staged import related, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Engine, Row, Table

    from gateway.services.ports.facts import RowOutcome, SubmittedRow

CACHE_KIB: Final = 65_536
"""Pages of the copy that are kept in memory; the rest is in a file without a name."""
_KINDS: Final[tuple[tuple[Table, str], ...]] = (
    (tables.enterprise_profile, PROFILE_KIND),
    (tables.simple_record, ""),
    (tables.person_record, ""),
    (tables.held_notice, ""),
    (tables.attachment, ATTACHMENT_KIND),
)
"""Tables of versions, each with the kind of all of its rows, where it is one."""


class SqlRehearsals:
    """The port ``Rehearsals`` on the register's engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def at(self, revision: int) -> Iterator[SqlRehearsal]:
        """Begin a rehearsal; see the port."""
        copy = create_engine("sqlite://", creator=_temporary, poolclass=StaticPool, hide_parameters=True)
        try:
            with copy.begin() as connection:
                tables.metadata.create_all(connection, [t for t in tables.metadata.sorted_tables if t in _COPIED])
                yield SqlRehearsal(self._engine, connection, revision)
        finally:
            copy.dispose()


_COPIED: Final = {
    *(table for table, _ in _KINDS),
    *(tables.listing, tables.listing_act, tables.listed_person, tables.person, tables.touched, tables.touched_name),
}


def _temporary() -> sqlite3.Connection:
    connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for pragma in (f"cache_size=-{CACHE_KIB}", "journal_mode=OFF", "synchronous=OFF"):
        connection.execute(f"PRAGMA {pragma}").close()
    return connection


class SqlRehearsal:
    """The port ``Rehearsal``. For one thread at a time."""

    def __init__(self, engine: Engine, copy: Connection, revision: int) -> None:
        self._engine = engine
        self._copy = copy
        self._before = self._after = revision
        self._seeds = Seeds(engine, copy, revision)
        self._codes: set[str] = set()
        self._listed: set[str] = set()

    def take(self, rows: Sequence[SubmittedRow]) -> list[RowOutcome]:
        """Apply one chunk; see the port."""
        self._seeds.records(rows)
        changes = Changes(read_known(self._copy, rows), self._after + 1)
        outcomes = [changes.take(row) for row in rows]
        if changes.staged:
            self._after += 1
            write(self._copy, changes.staged, self._after)
            self._codes |= changes.staged.codes | changes.staged.head_offices
            self._listed |= changes.staged.listed_codes
        return outcomes

    def changes(self) -> Iterator[RecordChange]:
        """Yield every record that is not as it was, in order of id; see the port."""
        sides = [each for table, kind in _KINDS for each in (self._was(table, kind), self._becomes(table, kind))]
        for record_id, versions in groupby(merge(*sides, self._acts(), key=_record), key=_record):
            change = _change(record_id, list(versions))
            if (change.before, change.uscc_before) != (change.after, change.uscc_after):
                yield change

    def concerned(self) -> Iterator[tuple[Dossier, Dossier]]:
        """Yield the enterprises that may be concerned, before and after; see the port."""
        codes = sorted(self._codes | self._reached())
        for batch in batches(codes):
            self._seeds.enterprises(batch)
        for batch in batches(codes):
            before, after = (
                {d.uscc: d for d, _ in read_dossiers(self._copy, at, batch, weightless=False)}
                for at in (self._before, self._after)
            )
            for code in batch:
                yield before.get(code, Dossier(code)), after.get(code, Dossier(code))

    def _reached(self) -> set[str]:
        """Return whom changed listings reach, by what was on record and by what the import brings."""
        person, profile = tables.listed_person.c, tables.enterprise_profile.c
        brought = self._copy.execute(select(person.person_key).where(person.revision > self._before).distinct())
        with reading(self._engine) as connection:
            found = set(related(connection, self._listed))
            for batch in batches(brought.scalars()):
                represented = select(profile.uscc).where(
                    profile.representative_key.in_(batch), profile.revision_until.is_(None)
                )
                found.update(connection.execute(represented).scalars())
        return found | set(related(self._copy, self._listed))

    def _was(self, table: Table, kind: str) -> Iterator[tuple[str, bool, str, Row[Any]]]:
        """Yield the versions that the import ends, in order of id."""
        column = table.c
        ended = select(table).where(column.revision_from <= self._before, column.revision_until > self._before)
        return self._sorted(ended.order_by(column.record_id), kind, after=False)

    def _becomes(self, table: Table, kind: str) -> Iterator[tuple[str, bool, str, Row[Any]]]:
        """Yield the versions that stand in the end, in order of id."""
        column = table.c
        standing = select(table).where(column.revision_from > self._before, column.revision_until.is_(None))
        return self._sorted(standing.order_by(column.record_id), kind, after=True)

    def _acts(self) -> Iterator[tuple[str, bool, str, Row[Any]]]:
        act, listing = tables.listing_act.c, tables.listing.c
        added = (
            select(tables.listing_act, act.act_id.label("record_id"), listing.uscc)
            .join(tables.listing, listing.listing_id == act.listing_id)
            .where(act.revision > self._before, or_(listing.revision_until.is_(None)))
        )
        return self._sorted(added.order_by(act.act_id), ACT_KIND, after=True)

    def _sorted(self, wanted: Any, kind: str, *, after: bool) -> Iterator[tuple[str, bool, str, Row[Any]]]:  # noqa: ANN401 - a statement
        for row in self._copy.execute(wanted, execution_options={"yield_per": ROWS_AT_ONCE}):
            yield row.record_id, after, kind or row.kind, row


def _record(version: tuple[str, bool, str, Row[Any]]) -> str:
    return version[0]


def _change(record_id: str, versions: list[tuple[str, bool, str, Row[Any]]]) -> RecordChange:
    was = next((row for _, after, _, row in versions if not after), None)
    becomes = next((row for _, after, _, row in versions if after), None)
    kind = versions[-1][2]
    facts = None
    if was is not None and becomes is not None and kind in content.KINDS and content.KINDS[kind].ends:
        facts = (content.decode(kind, record_id, was.content), content.decode(kind, record_id, becomes.content))
    return RecordChange(
        kind=kind,
        record_id=record_id,
        before="" if was is None else was.content_digest,
        uscc_before=_whose(was),
        after="" if becomes is None else becomes.content_digest,
        uscc_after=_whose(becomes),
        facts=facts,
    )


def _whose(row: Row[Any] | None) -> str:
    """Return the enterprise's code; of a notice that is held and of a person's record there is none."""
    return getattr(row, "uscc", "")
