"""What a rehearsal's copy must hold of the register: what the import's rows name, and whoever they may concern.

Copying only. A version keeps its revision and is current in the copy; what is there already stays as the import has
left it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select

from gateway.storage import content, tables
from gateway.storage.columns import LISTED, listed
from gateway.storage.dossiers import known_at, relations_to
from gateway.storage.engine import reading
from gateway.storage.known import references
from gateway.storage.listing_rows import held_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Column, Connection, Engine, Table

    from gateway.services.ports.facts import SubmittedRow

_BY_ID: Final = (tables.enterprise_profile, tables.simple_record, tables.person_record, tables.held_notice)
_OF_LISTING: Final = (tables.listing, tables.listing_act, tables.listed_person)


class Seeds:
    """Copies into one rehearsal, as it was at one revision."""

    def __init__(self, engine: Engine, copy: Connection, revision: int) -> None:
        self._engine = engine
        self._copy = copy
        self._revision = revision

    def records(self, rows: Sequence[SubmittedRow]) -> None:
        """Copy what deciding about *rows* looks at."""
        targets = [row.attachment.record_id for row in rows if row.attachment is not None]
        ids = {row.record_id for row in rows} | {*targets}
        ids |= {reference.record_id for row in rows for reference in references(row)}
        listings = {row.listing_id for row in rows if row.listing_id}
        with reading(self._engine) as connection:
            for table in (*_BY_ID, tables.attachment):
                self._put(connection, table, table.c.record_id, ids)
            self._put(connection, tables.attachment, tables.attachment.c.target_record_id, ids)
            self._put(connection, tables.listing_act, tables.listing_act.c.act_id, ids if listings else set())
            for table in _OF_LISTING:
                self._put(connection, table, table.c.listing_id, listings)

    def enterprises(self, codes: Sequence[str]) -> None:
        """Copy whatever the timelines of *codes* depend on: their own records, and listings that reach them."""
        named, keys = self._named_by_the_copy(codes)
        with reading(self._engine) as connection:
            others = set(relations_to(connection, self._revision, codes))
            self._put(connection, tables.enterprise_profile, tables.enterprise_profile.c.uscc, {*codes, *others})
            weighing = tables.simple_record.c.kind.not_in(sorted(content.WEIGHTLESS))
            self._put(connection, tables.simple_record, tables.simple_record.c.uscc, set(codes), weighing)
            listing, person = tables.listing.c, tables.listed_person.c
            owned = select(listing.listing_id).where(held_at(tables.listing, self._revision), listed(listing.uscc))
            ids = set(_found(connection, owned, {*codes, *others, *named}))
            of_persons = select(person.listing_id).where(
                held_at(tables.listed_person, self._revision), listed(person.person_key)
            )
            ids |= set(_found(connection, of_persons, keys))
            for table in _OF_LISTING:
                self._put(connection, table, table.c.listing_id, ids)

    def _named_by_the_copy(self, codes: Sequence[str]) -> tuple[set[str], set[str]]:
        """Return the enterprises and representatives that profiles of *codes* name, those of the import included."""
        profile = tables.enterprise_profile.c
        wanted = select(profile.head_office_uscc, profile.successor_of_uscc, profile.representative_key)
        rows = self._copy.execute(wanted.where(profile.uscc.in_(codes))).all()
        named = {code for row in rows for code in row[:2] if code}
        return named, {row[2] for row in rows if row[2]}

    def _put(
        self,
        connection: Connection,
        table: Table,
        column: Column[Any],
        values: set[str],
        *more: Any,  # noqa: ANN401 - conditions
    ) -> None:
        if not values:
            return
        then = held_at if table in _OF_LISTING else known_at
        wanted = select(table).where(then(table, self._revision), listed(column), *more)
        rows = [
            {**row, "revision_until": None}
            for row in connection.execute(wanted, {LISTED: json.dumps(sorted(values))}).mappings()
        ]
        if rows:
            self._copy.execute(insert(table).prefix_with("OR IGNORE"), rows)


def _found(connection: Connection, wanted: Any, values: Iterable[str]) -> Iterable[str]:  # noqa: ANN401 - a statement
    return connection.execute(wanted, {LISTED: json.dumps(sorted(values))}).scalars()
