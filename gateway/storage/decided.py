"""What the exchange layout names by code, document number and day (section 2.3 of the law's list). Reading only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from gateway.domain.vocabulary import ListingActKind
from gateway.storage import content, tables
from gateway.storage.listing_rows import OF_ACT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import Connection

LISTING = "listing"
STARTS = (ListingActKind.DECISION, ListingActKind.RESTORE)
"""Acts whose day and document name a run of a listing."""


def read_decided(connection: Connection, kind: str, uscc: str, document_number: str, on: date) -> list[str]:
    """Return the ids of what is named so, in order; ``FactStore.decided`` says how."""
    if kind == LISTING:
        act, listing = tables.listing_act.c, tables.listing.c
        named = (
            select(act.listing_id)
            .join(tables.listing, OF_ACT)
            .where(
                act.revision_until.is_(None),
                listing.uscc == uscc,
                act.kind.in_(STARTS),
                act.document_number == document_number,
                act.acted_on == on,
            )
        )
        return sorted(set(connection.execute(named).scalars()))
    return sorted(_facts(connection, kind, uscc, document_number, on))


def _facts(connection: Connection, kind: str, uscc: str, document_number: str, on: date) -> Iterator[str]:
    column = tables.simple_record.c
    current = select(column.record_id, column.content).where(
        column.uscc == uscc, column.kind == kind, column.revision_until.is_(None)
    )
    for record_id, text in connection.execute(current):
        fact = content.decode(kind, record_id, text)
        if fact.document_number == document_number and getattr(fact, fact.begins) == on:
            yield record_id
