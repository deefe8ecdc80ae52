"""``SqlEnterpriseFiles``: every version of every record of one enterprise, page by page. Reading only.

A page is one small ordered statement for each of the tables in which versions lie, merged by the order in which they
came on record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from gateway.services.file_ports import FilePlace, FileRelation, FileRevision, FileVersion
from gateway.storage import tables
from gateway.storage.dossiers import known_at
from gateway.storage.engine import reading
from gateway.storage.known import PROFILE_KIND
from gateway.storage.listing_rows import OF_ACT, held_at
from gateway.storage.recorded import (
    ACT_KIND,
    ATTACHMENT_KIND,
    act_said,
    attachment_said,
    fact_said,
    persons_listed,
    profile_said,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Column, Connection, Engine, Row, Table

    from gateway.services.file_ports import FileFilter

    Version = Row[*tuple[Any, ...]]

PROFILES, FACTS, ATTACHMENTS, ACTS = range(4)
"""The tables, in the order of versions of one revision."""
_BATCH: Final = 500


class SqlEnterpriseFiles:
    """The port ``EnterpriseFiles``. Safe to use from threads.

    Every method raises ``StoreUnavailableError`` when the database fails, and ``ContentError`` for what cannot be
    understood.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def versions(self, wanted: FileFilter, after: FilePlace | None, size: int) -> list[FileVersion]:
        """Return the next *size* versions; see the port."""
        with reading(self._engine) as connection:
            found = [
                *_bitemporal(connection, PROFILES, wanted, after, size),
                *_bitemporal(connection, FACTS, wanted, after, size),
                *_bitemporal(connection, ATTACHMENTS, wanted, after, size),
                *_acts(connection, wanted, after, size),
            ]
        return sorted(found, key=lambda version: version.place)[:size]

    def related(self, uscc: str, revision: int) -> list[FileRelation]:
        """Return branches and successors; see the port."""
        profile = tables.enterprise_profile.c
        first = func.min(profile.valid_from)
        known = select(profile.uscc, first).where(known_at(tables.enterprise_profile, revision), profile.uscc != uscc)
        ways = (("BRANCH", profile.head_office_uscc), ("SUCCESSOR", profile.successor_of_uscc))
        with reading(self._engine) as connection:
            return [
                FileRelation(relation, other, since)
                for relation, column in ways
                for other, since in connection.execute(
                    known.where(column == uscc).group_by(profile.uscc).order_by(profile.uscc)
                )
            ]

    def revisions(self, numbers: Iterable[int]) -> dict[int, FileRevision]:
        """Return these revisions; see the port."""
        column, ordered = tables.revision.c, sorted(set(numbers))
        named = (column.id, column.committed_at, column.agency, column.feed, column.request_id)
        with reading(self._engine) as connection:
            return {
                row.id: FileRevision(*row)
                for start in range(0, len(ordered), _BATCH)
                for row in connection.execute(select(*named).where(column.id.in_(ordered[start : start + _BATCH])))
            }


_TABLES: Final[dict[int, tuple[Table, Callable[[Version], dict[str, Any]], str]]] = {
    PROFILES: (tables.enterprise_profile, profile_said, PROFILE_KIND),
    FACTS: (tables.simple_record, fact_said, ""),
    ATTACHMENTS: (tables.attachment, attachment_said, ATTACHMENT_KIND),
}
"""Tables of versions: how a row is described, and the kind of all of its rows where it is one."""


def _bitemporal(
    connection: Connection, source: int, wanted: FileFilter, after: FilePlace | None, size: int
) -> Iterable[FileVersion]:
    table, describe, kind = _TABLES[source]
    if kind and wanted.kinds and kind not in wanted.kinds:
        return
    column = table.c
    conditions: list[ColumnElement[bool]] = [column.uscc == wanted.uscc, column.revision_from <= wanted.revision]
    if wanted.newest_only:
        conditions.append(known_at(table, wanted.revision))
    if wanted.kinds and not kind:
        conditions.append(column.kind.in_(wanted.kinds))
    conditions.append(_later(source, column.revision_from, column.record_id, after))
    page = select(table).where(*conditions).order_by(column.revision_from, column.record_id).limit(size)
    for row in connection.execute(page):
        until = row.revision_until
        yield FileVersion(
            **describe(row),
            place=FilePlace(row.revision_from, source, row.record_id),
            recorded_from=row.revision_from,
            recorded_until=until if until is not None and until <= wanted.revision else None,
        )


def _acts(connection: Connection, wanted: FileFilter, after: FilePlace | None, size: int) -> Iterable[FileVersion]:
    if wanted.kinds and ACT_KIND not in wanted.kinds:
        return
    act, listing = tables.listing_act, tables.listing.c
    standing = (held_at(act, wanted.revision),) if wanted.newest_only else ()
    page = (
        select(act, listing.uscc)
        .join(tables.listing, OF_ACT)
        .where(listing.uscc == wanted.uscc, act.c.revision <= wanted.revision, *standing)
        .where(_later(ACTS, act.c.revision, act.c.act_id, after))
        .order_by(act.c.revision, act.c.act_id)
        .limit(size)
    )
    rows = connection.execute(page).all()
    persons = persons_listed(connection, rows)
    for row in rows:
        yield FileVersion(
            **act_said(row, persons),
            place=FilePlace(row.revision, ACTS, row.act_id),
            recorded_from=row.revision,
            recorded_until=row.revision_until
            if (row.revision_until or wanted.revision + 1) <= wanted.revision
            else None,
        )


def _later(source: int, revision: Column[Any], record_id: Column[Any], after: FilePlace | None) -> ColumnElement[bool]:
    """Return the condition under which a version of this table comes after a place."""
    if after is None:
        return true()
    if source < after.source:
        return revision > after.revision
    if source > after.source:
        return revision >= after.revision
    return or_(revision > after.revision, and_(revision == after.revision, record_id > after.record_id))
