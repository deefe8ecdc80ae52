"""Fetch what has ended, put it on our own record, and only then acknowledge it (C-02, A-123).

What the agency makes of an ending is its own: cases under way are asked about again, copies go, and decisions taken
on a void record are examined again. No answer that is on record changes.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from jointsanctions.v1 import ending_pb2 as pb

from adapters.entries import ReceivedEnding

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.journal import Journal


class TellsEndings(Protocol):
    """What is needed of a ``GatewayClient``."""

    def list_endings(self, request: pb.ListEndingsRequest) -> pb.ListEndingsResponse:
        """Read one page of endings, those not acknowledged first; raises ``GatewayError``."""

    def acknowledge_ending(self, request: pb.AcknowledgeEndingRequest) -> pb.AcknowledgeEndingResponse:
        """Say that an ending is in our own records; raises ``GatewayError``."""


def collect_endings(
    client: TellsEndings, journal: Journal, officer: str, clock: Callable[[], datetime]
) -> tuple[ReceivedEnding, ...]:
    """Fetch every ending that is not acknowledged, journal it, and acknowledge it; call it at least once an hour.

    After a failure call it again: what the journal has is acknowledged then, and what it has not comes once more.

    Args:
        client: The gateway.
        journal: Our own record.
        officer: Who fetches; a system's name will do.
        clock: Returns our present, UTC.

    Returns:
        The endings that were not in the journal, oldest first.

    Raises:
        GatewayError: There was no answer; what came before it is journalled.
        JournalUnavailableError: It could not be journalled, and so is not acknowledged.
    """
    new: list[ReceivedEnding] = []
    token = ""
    while True:
        page = client.list_endings(pb.ListEndingsRequest(officer=officer, page_token=token))
        waiting = [ending for ending in page.endings if not ending.HasField("acknowledged_at")]
        new += journal.record_endings([_received(ending) for ending in waiting], clock())
        for ending in waiting:
            client.acknowledge_ending(
                pb.AcknowledgeEndingRequest(request_id=uuid4().hex, ending_id=ending.ending_id, officer=officer)
            )
        token = page.next_page_token
        if not token or len(waiting) < len(page.endings):
            return tuple(new)


def _received(ending: pb.Ending) -> ReceivedEnding:
    return ReceivedEnding(
        ending_id=ending.ending_id,
        kind=ending.kind,
        uscc=ending.uscc,
        record_id=ending.record_id,
        document_number=ending.document_number,
        ended_at=ending.ended_at.ToDatetime(tzinfo=UTC),
        case_refs=tuple(ending.case_refs),
        reexamine=ending.reexamine,
    )
