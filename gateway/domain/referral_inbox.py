"""What an agency receives of its cases, and how far each entry has come to each recipient.

An agency receives every entry that another made of a case in which it takes part: steps, payments, and keys that were
wrapped for it. The transport is kept apart from where the case stands by law: it is computed of what was acknowledged
and fetched, and of the time that has passed, so that silence becomes evidence without anybody's doing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from gateway.domain.referral_parts import SharedKeys, openable
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.referrals import Referral, ReferralEntry


class TransportState(Word):
    """How far an entry has come; a higher one overrules a lower one that came before or after it."""

    RELAYED = 1
    NOT_DELIVERED = 2
    DELIVERED = 3
    NOT_OPENED = 4
    OPENED = 5


@dataclass(frozen=True, slots=True)
class TransportBounds:
    """After how long silence is evidence: from the sending to the acknowledgement, and to all being fetched."""

    delivery: timedelta = timedelta(hours=24)
    opening: timedelta = timedelta(hours=72)

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for bounds that are none, or out of order."""
        if not timedelta(0) < self.delivery <= self.opening:
            raise ValueError("opening: must be no shorter than delivery, and both longer than nothing")


AS_SHIPPED: Final = TransportBounds()


@dataclass(frozen=True, slots=True)
class Received:
    """What one agency has acknowledged or fetched: the place of the entry or the file's id, and when, UTC."""

    recipient: str
    acknowledged: dict[int, datetime]
    fetched: dict[str, datetime]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How far the entry at ``place`` has come to ``recipient``, and since when, UTC."""

    place: int
    recipient: str
    state: TransportState
    since: datetime


def inbox_of(case: Referral, agency: Agency) -> Iterator[ReferralEntry]:
    """Yield the entries of a case that an agency receives, in their order; none where it takes no part."""
    if not case.takes_part(agency):
        return
    for entry in case.entries:
        if entry.agency == agency.agency_id:
            continue
        shared = isinstance(entry.content, SharedKeys) and openable(entry.content.keys, agency.agency_id)
        if shared or case.sees(agency, entry):
            yield entry


def evidence_of(
    entry: ReferralEntry, received: Received, files: Collection[str], now: datetime, bounds: TransportBounds
) -> Evidence:
    """Return how far an entry has come to a recipient by *now*.

    Args:
        entry: What was sent.
        received: What the recipient has acknowledged and fetched.
        files: Ids of the files of this entry that the recipient can open; empty where it brings none.
        now: An instant, UTC.
        bounds: After how long silence is evidence.
    """
    sent, acknowledged = entry.recorded_at, received.acknowledged.get(entry.place)
    fetched = [received.fetched.get(file) for file in files]
    if files and all(each is not None and each <= now for each in fetched):
        since = max(each for each in fetched if each is not None)
        return Evidence(entry.place, received.recipient, TransportState.OPENED, since)
    if files and now >= sent + bounds.opening:
        return Evidence(entry.place, received.recipient, TransportState.NOT_OPENED, sent + bounds.opening)
    if acknowledged is not None and acknowledged <= now:
        return Evidence(entry.place, received.recipient, TransportState.DELIVERED, acknowledged)
    if now >= sent + bounds.delivery:
        return Evidence(entry.place, received.recipient, TransportState.NOT_DELIVERED, sent + bounds.delivery)
    return Evidence(entry.place, received.recipient, TransportState.RELAYED, sent)
