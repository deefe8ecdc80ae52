"""What an import ends: a listing that weighs no more, a record that passes on, ends earlier or is current no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.listings import intervals_in_force

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from gateway.domain.kinds.fact import Fact
    from gateway.domain.listings import Listing
    from gateway.domain.records import Dossier

LISTING = "listing"


@dataclass(frozen=True, slots=True, order=True)
class Ended:
    """A record: its kind, its id, and whose it was (empty while held, and for a person's)."""

    kind: str
    record_id: str
    uscc: str


def ends_earlier(before: Fact, after: Fact) -> bool:
    """Return whether the later version of a fact ends before the earlier one would have; None is no end."""
    if not before.ends:
        return False
    was: date | None = getattr(before, before.ends)
    becomes: date | None = getattr(after, before.ends)
    return becomes is not None and (was is None or becomes < was)


def lost_listings(before: Dossier, after: Dossier, since: datetime) -> Iterable[Ended]:
    """Yield the enterprise's own listings that weigh at some moment from *since* on before, and not after."""
    later = {listing.listing_id: listing for listing in after.listings}
    for listing in before.listings:
        stays = later.get(listing.listing_id)
        if stays != listing and _loses(listing, stays, since):
            yield Ended(LISTING, listing.listing_id, listing.uscc)


def _loses(was: Listing, stays: Listing | None, since: datetime) -> bool:
    weighed = intervals_in_force(was)
    kept = intervals_in_force(stays) if stays is not None else ()
    edges = {edge for span in (*weighed, *kept) for edge in (span.start, span.end)}
    moments = {since, *(edge for edge in edges if edge > since)}
    return any(any(m in s for s in weighed) and not any(m in s for s in kept) for m in moments)
