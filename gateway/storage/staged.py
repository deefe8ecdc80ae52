"""Rows that a chunk adds and ends, and writing them: the tables first, then whom they concern.

What to write is decided in ``changes``. Whoever is concerned is noted under the revision, so that an index reads only
what changed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select, update

from gateway.storage import tables
from gateway.storage.columns import LISTED, listed
from gateway.storage.engine import is_sqlite
from gateway.storage.known import batches
from gateway.storage.listing_rows import OF_PERSON

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Connection, Select, Table

RowValues = dict[str, Any]
_WITH_PROFILE: Final = select(tables.enterprise_profile.c.uscc).where(
    tables.enterprise_profile.c.revision_until.is_(None), listed(tables.enterprise_profile.c.uscc)
)
_FACT: Final = (
    "INSERT INTO simple_record (record_id, revision_from, content_digest, uscc, kind, content)"
    " VALUES (:record_id, :revision_from, :content_digest, :uscc, :kind, :content)"
)
VERSIONED: Final = (
    tables.enterprise_profile,
    tables.simple_record,
    tables.person_record,
    tables.held_notice,
    tables.attachment,
)


@dataclass(slots=True)
class Staged:
    """Rows to write, and who is concerned. Versions are keyed by record id."""

    versions: dict[Table, dict[str, RowValues]] = field(default_factory=lambda: {table: {} for table in VERSIONED})
    ended: dict[Table, set[str]] = field(default_factory=lambda: {table: set() for table in VERSIONED})
    """Records whose current version ends."""
    added: dict[Table, list[RowValues]] = field(
        default_factory=lambda: {
            t: [] for t in (tables.person, tables.listing, tables.listing_act, tables.listed_person)
        }
    )
    """Rows of tables that only grow, in the order in which they refer to each other."""
    codes: set[str] = field(default_factory=set)
    """Enterprises whose own records change."""
    weightless_codes: set[str] = field(default_factory=set)
    """Enterprises of which a fact changes that no timeline depends on."""
    listed_codes: set[str] = field(default_factory=set)
    """Enterprises whose listings change: it reaches those related to them."""
    head_offices: set[str] = field(default_factory=set)
    """Head offices that a changed profile names or named."""
    name_keys: set[str] = field(default_factory=set)
    """Names under which held notices change."""

    def __bool__(self) -> bool:
        return any((*self.versions.values(), *self.ended.values(), *self.added.values()))


def write(connection: Connection, staged: Staged, revision: int) -> None:
    """Write everything staged, known from *revision* on, and note whom it concerns."""
    for table, ids in staged.ended.items():
        if ids:
            ending = update(table).where(table.c.record_id == bindparam("ending"), table.c.revision_until.is_(None))
            values = [{"ending": record_id, "until": revision} for record_id in sorted(ids)]
            connection.execute(ending.values(revision_until=bindparam("until")), values)
    for table, versions in staged.versions.items():
        if versions:
            _insert(connection, table, versions.values())
    for table, rows in staged.added.items():
        if rows:
            connection.execute(insert(table), rows)
    note(connection, staged, revision)


def note(connection: Connection, staged: Staged, revision: int) -> None:
    """Note whom what is staged concerns, as it is on record by now."""
    codes = staged.codes | staged.head_offices | set(related(connection, staged.listed_codes))
    codes |= _without_profile(connection, staged.weightless_codes - codes)
    _note(connection, tables.touched, "uscc", codes, revision)
    _note(connection, tables.touched_name, "name_key", staged.name_keys, revision)


def _insert(connection: Connection, table: Table, rows: Collection[RowValues]) -> None:
    """Write rows; nearly all of a city's, facts on SQLite, as they are: there is nothing to convert in them."""
    if table is tables.simple_record and is_sqlite(connection):
        connection.exec_driver_sql(_FACT, list(rows))
    else:
        connection.execute(insert(table), list(rows))


def _note(connection: Connection, table: Table, column: str, values: set[str], revision: int) -> None:
    if values:
        connection.execute(insert(table), [{"revision": revision, column: value} for value in sorted(values)])


def _without_profile(connection: Connection, codes: set[str]) -> set[str]:
    """Return those of *codes* that such a fact can make known, or unknown: no profile vouches for them."""
    if not codes:
        return codes
    return codes.difference(connection.execute(_WITH_PROFILE, {LISTED: json.dumps(sorted(codes))}).scalars())


def related(connection: Connection, listed: Iterable[str]) -> Iterable[str]:
    """Yield the enterprises that the listings of *listed* reach (I-08, A-100, A-105)."""
    for batch in batches(listed):
        for statement in _relations_of(batch):
            yield from connection.execute(statement).scalars()


def _relations_of(codes: list[str]) -> Iterable[Select[str]]:
    profile, person, listing = tables.enterprise_profile.c, tables.listed_person.c, tables.listing.c
    current = profile.revision_until.is_(None)
    yield select(profile.uscc).where(profile.head_office_uscc.in_(codes), current)
    yield select(profile.uscc).where(profile.successor_of_uscc.in_(codes), current)
    yield select(profile.head_office_uscc).where(
        profile.uscc.in_(codes), profile.head_office_uscc.is_not(None), current
    )
    yield (
        select(profile.uscc)
        .join(tables.listed_person, person.person_key == profile.representative_key)
        .join(tables.listing, OF_PERSON)
        .where(listing.uscc.in_(codes), person.revision_until.is_(None), current)
    )
