"""Following the stream of changes from the connector's own cursor, and reporting whenever it is caught up.

One revision is applied when its last part arrived. Whoever stops here, in whatever way, goes on where the store is.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.platform import batches, handing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jointsanctions.v1 import changes_pb2

    from adapters.platform.ledger import Ledger

_log = logging.getLogger(__name__)


def follow(
    ledger: Ledger,
    events: Iterable[changes_pb2.WatchChangesResponse],
    clock: Callable[[], datetime],
    *,
    once: bool = False,
) -> None:
    """Apply what the stream tells until it ends; with *once* until everything is reported that there was when it began.

    Every heartbeat is a moment to look for what time alone ended, and for receipts.

    Raises:
        GapError: The stream left a revision out.
        GatewayError: The stream broke off.
        JournalUnavailableError: The connector's store cannot be written.
    """
    newest: int | None = None
    parts: list[changes_pb2.ChangeSet] = []
    for event in events:
        if event.HasField("changes"):
            parts.append(event.changes)
            if event.changes.last_part:
                ledger.apply(parts)
                parts = []
        elif newest is None:
            newest = event.heartbeat.revision
        if newest is not None and ledger.revision >= newest and not parts:
            report(ledger, clock())
            if once:
                return


def report(ledger: Ledger, now: datetime) -> None:
    """Make what is due into batches, hand over what is open, and take the receipts that came."""
    numbers = batches.make(ledger, now)
    handing.hand_over(ledger, now)
    for bad in handing.read_receipts(ledger, now):
        _log.warning("a receipt was not taken", extra={"file": bad.file, "why": bad.why})
    if numbers:
        _log.info("batches were made", extra={"first": numbers[0], "last": numbers[-1]})


def utc_now() -> datetime:
    """Return the present instant, UTC."""
    return datetime.now(UTC)
