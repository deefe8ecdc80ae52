"""What an agency receives of its cases, and how far each entry has come to each recipient.

An agency receives every entry that another made of a case in which it takes part: steps, payments, and keys that were
wrapped for it. The transport is kept apart from where the case stands by law: it is computed of what was acknowledged
and fetched, and of the time that has passed, so that silence becomes evidence without anybody's doing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.domain.referral_parts import SharedKeys, openable
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    """After how long silence is evidence: from the arrival to the acknowledgement, and to all being fetched."""

    delivery: timedelta
    opening: timedelta

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for bounds that are none, or out of order."""
        if not timedelta(0) < self.delivery <= self.opening:
            raise ValueError("opening: must be no shorter than delivery, and both longer than nothing")


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


def files_of(entry: ReferralEntry, agency_id: str) -> frozenset[str]:
    """Return the ids of the files whose keys an entry brings to an agency, sent or shared; empty where none are."""
    if entry.part is not None:
        return openable(entry.part.keys, agency_id)
    return openable(entry.content.keys, agency_id) if isinstance(entry.content, SharedKeys) else frozenset()


@dataclass(frozen=True, slots=True)
class Arrival:
    """An entry as one recipient has it: since when it could be seen there, UTC, and what the recipient can open."""

    entry: ReferralEntry
    at: datetime
    """Of an entry from before the recipient took part, when it came to take part: nobody is silent before that."""
    files: frozenset[str]
    """Ids of the files that the entry brings to this recipient; empty where it brings none."""


def arrivals_of(case: Referral, agency: Agency) -> Iterator[Arrival]:
    """Yield what an agency receives of a case, in order; see ``inbox_of``."""
    for entry in inbox_of(case, agency):
        yield Arrival(entry, _seen_since(case, agency, entry), files_of(entry, agency.agency_id))


def evidence_of(arrival: Arrival, received: Received, now: datetime, bounds: TransportBounds) -> Evidence:
    """Return how far an entry has come to a recipient by *now*.

    Args:
        arrival: What the recipient has, and since when.
        received: What the recipient has acknowledged and fetched.
        now: An instant, UTC.
        bounds: After how long silence is evidence.
    """
    place, acknowledged = arrival.entry.place, received.acknowledged.get(arrival.entry.place)
    fetched = [received.fetched.get(file) for file in arrival.files]
    if fetched and all(each is not None and each <= now for each in fetched):
        since = max(each for each in fetched if each is not None)
        return Evidence(place, received.recipient, TransportState.OPENED, since)
    if fetched and now >= arrival.at + bounds.opening:
        return Evidence(place, received.recipient, TransportState.NOT_OPENED, arrival.at + bounds.opening)
    if acknowledged is not None and acknowledged <= now:
        return Evidence(place, received.recipient, TransportState.DELIVERED, acknowledged)
    if now >= arrival.at + bounds.delivery:
        return Evidence(place, received.recipient, TransportState.NOT_DELIVERED, arrival.at + bounds.delivery)
    return Evidence(place, received.recipient, TransportState.RELAYED, arrival.at)


def _seen_since(case: Referral, agency: Agency, entry: ReferralEntry) -> datetime:
    """Return when the first entry was recorded with which the agency could see *entry*: itself, or one that admits."""
    for each in case.entries:
        if each is not entry and (each.place < entry.place or not _admits(each, agency)):
            continue
        until = replace(case, entries=tuple(other for other in case.entries if other.place <= each.place))
        if any(seen.place == entry.place for seen in inbox_of(until, agency)):
            return each.recorded_at
    return case.entries[-1].recorded_at


def _admits(entry: ReferralEntry, agency: Agency) -> bool:
    """Return whether an entry can bring an agency into a case: it is sent, copied or indicted to it."""
    copies, act = entry.copies, entry.act
    named = {copies.procuratorate, copies.court} if copies is not None else set()
    return agency.agency_id in named or (act is not None and act.to_agency == agency.agency_id)
