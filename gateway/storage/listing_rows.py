"""How the tables of listings belong together: whose an act is, and which acts and persons were on record when.

An act, a person or a whole listing ends when the import that brought it is revoked, and may be brought anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_

from gateway.storage import tables

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause


def held_at(table: FromClause, revision: int) -> ColumnElement[bool]:
    """Return the condition that a row of a listing's tables was on record at *revision*."""
    until = table.c.revision_until
    return (table.c.revision <= revision) & or_(until.is_(None), until > revision)


def belongs(table: FromClause) -> ColumnElement[bool]:
    """Return the condition that joins a row of *table*, acts or persons, to the listing of which it came."""
    listing = tables.listing.c
    return and_(
        listing.listing_id == table.c.listing_id,
        listing.revision <= table.c.revision,
        or_(listing.revision_until.is_(None), listing.revision_until > table.c.revision),
    )


OF_ACT: Final = belongs(tables.listing_act)
OF_PERSON: Final = belongs(tables.listed_person)
