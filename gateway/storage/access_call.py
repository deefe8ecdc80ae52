"""Reading one recorded call by its position, with the lines of its items: for whoever holds an answer's position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.services.ports.outcomes import RecordedCall
from gateway.storage.access_rows import decoded
from gateway.storage.audit_reader import read_entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine

LARGEST: Final = 2**63 - 1
"""Of a number that a queue can have; the wire's goes further."""


def read_call(queues: Mapping[str, Engine], writer: str, number: int) -> RecordedCall | None:
    """Return the call recorded by *writer* under *number*; None when there is none, or its content was erased.

    Raises:
        EntryUnreadableError: Its body or a line is not that of a recorded call.
        StoreUnavailableError: The database failed.
    """
    queue = queues.get(writer)
    if queue is None or number > LARGEST:
        return None
    found = read_entries(queue, writer, number, 1, with_lines=True)
    if not found or found[0].number != number or found[0].erased:
        return None
    entry = found[0]
    return RecordedCall(
        entry=entry,
        body=decoded(entry, entry.body),
        lines={line.leaf: decoded(entry, line.content) for line in entry.lines},
    )
