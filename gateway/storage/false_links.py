"""What ends, or gave way, for an enterprise without an act of its own: links found false, and retyped notices.

Reading only; which endings follow from it is in ``gateway.domain.endings``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from gateway.domain.kinds.identity_dispute import DisputeOutcome, IdentityDispute
from gateway.domain.kinds.published_notice import PublishedNotice
from gateway.services.ports.endings import FalseLink
from gateway.storage import content, tables
from gateway.storage.dossiers import read_listings
from gateway.storage.known import batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Row

    from gateway.domain.kinds.fact import Fact


def read_notices(connection: Connection, codes: Iterable[str]) -> dict[str, tuple[PublishedNotice, ...]]:
    """Return the retyped notices that are these enterprises' now, by code; one without any is absent."""
    table = tables.simple_record
    current = (table.c.kind == PublishedNotice.wire_name, table.c.revision_until.is_(None))
    found: dict[str, tuple[PublishedNotice, ...]] = {}
    for batch in batches(codes):
        for row in connection.execute(
            select(table).where(table.c.uscc.in_(batch), *current).order_by(table.c.record_id)
        ):
            fact = _decoded(row)
            if not isinstance(fact, PublishedNotice):
                raise content.ContentError(f"record {row.record_id}: is no notice")
            found[row.uscc] = (*found.get(row.uscc, ()), fact)
    return found


def read_false_links(connection: Connection, after: int) -> Iterator[FalseLink]:
    """Yield every listing that a link found false after a revision had carried to an enterprise (X-02)."""
    table = tables.simple_record
    decided = table.c.kind == IdentityDispute.wire_name, table.c.revision_from > after
    for row in connection.execute(select(table).where(*decided).order_by(table.c.revision_from, table.c.record_id)):
        dispute = _found_false(row)
        if dispute is not None and not _was_found_false(connection, row, dispute):
            yield from _reached(connection, row, dispute)


def _reached(connection: Connection, row: Row[*tuple[Any, ...]], dispute: IdentityDispute) -> Iterator[FalseLink]:
    """Yield what reached the enterprise through the person, and whom its own listings reached in that way."""
    profile, listing, person = tables.enterprise_profile.c, tables.listing.c, tables.listed_person.c
    represented = set(
        connection.execute(
            select(profile.uscc).where(profile.representative_key == dispute.person).distinct()
        ).scalars()
    )
    naming = set(
        connection.execute(
            select(person.listing_id).where(person.person_key == dispute.person).order_by(person.listing_id)
        ).scalars()
    )
    owners = connection.execute(select(listing.uscc).where(listing.listing_id.in_(naming)).distinct()).scalars().all()
    for each in read_listings(connection, row.revision_from, sorted(owners)):
        if each.listing_id not in naming:
            continue
        reached = represented - {each.uscc} if each.uscc == row.uscc else represented & {row.uscc}
        for uscc in sorted(reached):
            yield FalseLink(row.record_id, each, dispute.person, uscc, row.revision_from)


def _found_false(row: Row[*tuple[Any, ...]]) -> IdentityDispute | None:
    fact = _decoded(row)
    if not isinstance(fact, IdentityDispute):
        raise content.ContentError(f"record {row.record_id}: is no dispute")
    return fact if fact.outcome is DisputeOutcome.FALSE_LINK else None


def _was_found_false(connection: Connection, row: Row[*tuple[Any, ...]], dispute: IdentityDispute) -> bool:
    """Return whether the version before this one said the same of the same link: then it was recalled already."""
    table = tables.simple_record
    same = (table.c.record_id == row.record_id, table.c.revision_until == row.revision_from, table.c.uscc == row.uscc)
    earlier = (_found_false(each) for each in connection.execute(select(table).where(*same)))
    return any(each is not None and each.person == dispute.person for each in earlier)


def _decoded(row: Row[*tuple[Any, ...]]) -> Fact:
    return content.decode(row.kind, row.record_id, row.content)
