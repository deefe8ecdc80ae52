"""Follow what an agency receives: kept first, told to whoever works with it, acknowledged last.

Whoever is killed in between is told again what was not acknowledged; under its place it is kept once.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from adapters.justice.inbox_book import InboxBook
    from adapters.justice.party import Party

_PAGE: Final = 200


def catch_up(party: Party, book: InboxBook, clock: Callable[[], datetime]) -> int:
    """Acknowledge what was kept and not acknowledged, such as after a kill; return how many that were.

    Raises:
        GatewayError: There was no answer; what came before it is done.
        JournalUnavailableError: The book cannot be read or written.
    """
    places = book.unacknowledged()
    for place in places:
        _acknowledge(party, book, place, clock())
    return len(places)


def follow(
    party: Party, book: InboxBook, clock: Callable[[], datetime], seconds: float | None = None
) -> Iterator[pb.InboxEntry]:
    """Yield each entry as it comes, once it is kept, and acknowledge it when the next one is asked for.

    Args:
        party: Who follows.
        book: Its book.
        clock: Returns now, UTC.
        seconds: How long to listen; None: until the stream ends.

    Raises:
        AnotherEntryError: It told another entry under a place that is on record.
        GatewayError: It broke off, or an acknowledgement had no answer.
        JournalUnavailableError: The book cannot be read or written.
    """
    catch_up(party, book, clock)
    # From the beginning: what is acknowledged is not told again, and nothing that is not can be passed over.
    for message in party.client.subscribe_inbox(pb.SubscribeInboxRequest(officer=party.officer), seconds):
        if message.HasField("entry"):
            yield from _taken(party, book, message.entry, clock)


def collect(party: Party, book: InboxBook, clock: Callable[[], datetime]) -> Iterator[pb.InboxEntry]:
    """Yield what waits now, as ``follow`` does, and end.

    Raises:
        AnotherEntryError: It told another entry under a place that is on record.
        GatewayError: There was no answer.
        JournalUnavailableError: The book cannot be read or written.
    """
    catch_up(party, book, clock)
    request = pb.ListInboxRequest(officer=party.officer, page_size=_PAGE)
    while True:
        page = party.client.referral("ListInbox", request, pb.ListInboxResponse)
        for entry in page.entries:
            yield from _taken(party, book, entry, clock)
        if not page.more:
            return
        request.after_place = page.entries[-1].place


def _taken(
    party: Party, book: InboxBook, entry: pb.InboxEntry, clock: Callable[[], datetime]
) -> Iterator[pb.InboxEntry]:
    """Keep an entry, yield it where it was not kept before, and acknowledge it."""
    if book.keep(entry, clock()):
        yield entry
    _acknowledge(party, book, entry.place, clock())


def _acknowledge(party: Party, book: InboxBook, place: int, now: datetime) -> None:
    # Several agencies may acknowledge the same place, and no two calls have the same id.
    named = hashlib.sha256(f"{party.agency}\n{place}".encode()).hexdigest()[:40]
    request = pb.AcknowledgeInboxRequest(request_id=f"acknowledge-{named}", officer=party.officer, places=[place])
    party.client.referral("AcknowledgeInbox", request, pb.AcknowledgeInboxResponse)
    book.acknowledged(place, now)
