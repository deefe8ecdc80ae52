"""``SqlChangeLog``: what each revision changed, record by record, for those who follow all of it.

Read back from the versions themselves; nothing is kept beside them, so that it cannot disagree with what is on record.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import or_, select

from gateway.domain.vocabulary import ChangeKind
from gateway.services.ports.register import Change, ChangeSet, FeedState
from gateway.storage import tables
from gateway.storage.engine import reading
from gateway.storage.listing_rows import OF_ACT
from gateway.storage.recorded import (
    act_said,
    attachment_said,
    fact_said,
    held_said,
    persons_listed,
    profile_said,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Column, ColumnElement, Connection, Engine, Row, Table

    Version = Row[*tuple[Any, ...]]
    Describe = Callable[[Version], dict[str, Any]]


class SqlChangeLog:
    """The port ``ChangeLog``. Blocking; safe to use from threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def changes(self, after: int, upto: int) -> list[ChangeSet]:
        """Return one set for every revision in (after, upto], in order and without a gap.

        Raises:
            StoreUnavailableError: The database failed.
            ContentError: A record cannot be understood.
        """
        column = tables.revision.c
        with reading(self._engine) as connection:
            heads = connection.execute(
                select(tables.revision).where(column.id > after, column.id <= upto).order_by(column.id)
            ).all()
            found = _by_revision(connection, after, upto)
            confirmed = _confirmations(connection, after, upto)
        return [
            ChangeSet(
                revision=head.id,
                committed_at=head.committed_at,
                agency=head.agency,
                feed=head.feed,
                changes=tuple(sorted(found.get(head.id, ()), key=_in_order)),
                confirmed=confirmed.get(head.id),
            )
            for head in heads
        ]


def _in_order(change: Change) -> tuple[str, str]:
    return change.kind, change.record_id


def _by_revision(connection: Connection, after: int, upto: int) -> dict[int, list[Change]]:
    versions: dict[str, list[tuple[Describe, Version]]] = defaultdict(list)
    for table, describe in _SOURCES:
        for row in _versions(connection, table, after, upto):
            versions[row.record_id].append((describe, row))
    found: dict[int, list[Change]] = defaultdict(list)
    for own in versions.values():
        for revision, change in _of_record(own, after, upto):
            found[revision].append(change)
    for revision, change in _acts(connection, after, upto):
        found[revision].append(change)
    return found


def _versions(connection: Connection, table: Table, after: int, upto: int) -> Iterator[Version]:
    """Yield the versions that begin or end within (after, upto]."""
    within = _within(table.c.revision_from, table.c.revision_until, after, upto)
    yield from connection.execute(select(table).where(within))


def _within(begins: Column[Any], ends: Column[Any], after: int, upto: int) -> ColumnElement[bool]:
    return or_((begins > after) & (begins <= upto), (ends > after) & (ends <= upto))


def _of_record(versions: list[tuple[Describe, Version]], after: int, upto: int) -> Iterator[tuple[int, Change]]:
    """Yield what became of one record, whichever tables its versions lie in: held first, an enterprise's later."""
    ends = {row.revision_until for _, row in versions if row.revision_until is not None}
    begins = {row.revision_from for _, row in versions}
    for describe, row in versions:
        if after < row.revision_from <= upto:
            replaced = row.revision_from in ends
            yield row.revision_from, Change(what=ChangeKind.REPLACED if replaced else ChangeKind.ADDED, **describe(row))
        until = row.revision_until
        if until is not None and after < until <= upto and until not in begins:
            yield until, Change(what=ChangeKind.ENDED, **describe(row))


_SOURCES: Final[tuple[tuple[Table, Describe], ...]] = (
    (tables.enterprise_profile, profile_said),
    (tables.simple_record, fact_said),
    (tables.attachment, attachment_said),
    (tables.held_notice, held_said),
)
"""Every table of versions but that of natural persons' records (E-11), and how its rows are told."""


def _acts(connection: Connection, after: int, upto: int) -> Iterator[tuple[int, Change]]:
    act, listing = tables.listing_act, tables.listing
    wanted = (
        select(act, listing.c.uscc)
        .join(listing, OF_ACT)
        .where(_within(act.c.revision, act.c.revision_until, after, upto))
    )
    rows = connection.execute(wanted).all()
    persons = persons_listed(connection, rows)
    for row in rows:
        if after < row.revision <= upto:
            yield row.revision, Change(what=ChangeKind.ADDED, **act_said(row, persons))
        if row.revision_until is not None and after < row.revision_until <= upto:
            yield row.revision_until, Change(what=ChangeKind.ENDED, **act_said(row, persons))


def _confirmations(connection: Connection, after: int, upto: int) -> dict[int, FeedState]:
    column = tables.feed_confirmation.c
    wanted = select(tables.feed_confirmation).where(column.revision > after, column.revision <= upto)
    return {row.revision: FeedState(row.feed, row.current_until) for row in connection.execute(wanted)}
