"""One listing as it was on record at a revision, with all that its next step is judged by. Reading only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.services.ports.facts import HeldListing
from gateway.storage import tables
from gateway.storage.dossiers import read_dossiers
from gateway.storage.listing_rows import held_at
from gateway.storage.rows import said_with

if TYPE_CHECKING:
    from sqlalchemy import Connection


def read_held(connection: Connection, listing_id: str, revision: int) -> HeldListing | None:
    """Return the listing as it was on record at *revision*; None when it was not."""
    listing, act = tables.listing, tables.listing_act.c
    owner = select(listing.c.uscc).where(listing.c.listing_id == listing_id, held_at(listing, revision))
    uscc = connection.execute(owner).scalar()
    if uscc is None:
        return None
    ((dossier, _),) = read_dossiers(connection, revision, [uscc])
    (found,) = (each for each in dossier.listings if each.listing_id == listing_id)
    details = select(act.act_id, act.details).where(act.listing_id == listing_id, held_at(tables.listing_act, revision))
    return HeldListing(
        listing=found,
        findings=tuple(fact for fact in dossier.facts if isinstance(fact, ArrearsFinding)),
        said={act_id: said_with(text) for act_id, text in connection.execute(details)},
    )
