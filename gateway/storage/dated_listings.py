"""Listings whole, with the revision of each of their acts: for what follows from acts as they became known."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from gateway.domain.listings import Listing
from gateway.services.ports.endings import DatedListing
from gateway.storage import tables
from gateway.storage.known import batches
from gateway.storage.listing_rows import OF_ACT
from gateway.storage.rows import act_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


def read_dated_listings(connection: Connection, after: int) -> Iterator[DatedListing]:
    """Yield the listings that have gained or lost acts after a revision, each whole, by whom they were of."""
    act, listing, person = tables.listing_act, tables.listing.c, tables.listed_person.c
    changed = (
        connection.execute(
            select(act.c.listing_id).where(or_(act.c.revision > after, act.c.revision_until > after)).distinct()
        )
        .scalars()
        .all()
    )
    for batch in batches(sorted(changed)):
        keys: dict[str, set[str]] = {}
        for row in connection.execute(select(person.listing_id, person.person_key).where(person.listing_id.in_(batch))):
            keys.setdefault(row.listing_id, set()).add(row.person_key)
        acts = select(act, listing.uscc).join(tables.listing, OF_ACT).where(act.c.listing_id.in_(batch))
        rows = connection.execute(acts.order_by(act.c.listing_id, listing.uscc, act.c.revision, act.c.act_id))
        for (listing_id, uscc), group in groupby(rows, key=lambda row: (row.listing_id, row.uscc)):
            own = list(group)
            standing = [row for row in own if row.revision_until is None]
            held = tuple(act_of(row) for row in standing)
            yield DatedListing(
                Listing(listing_id, uscc, held, frozenset(keys.get(listing_id, ()))),
                {row.act_id: row.revision for row in standing},
                tuple((act_of(row), row.revision, row.revision_until) for row in own if row not in standing),
            )
