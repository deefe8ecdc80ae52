"""One recorded call: by its position, with the lines of its items, or as it stands at a place of the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.call_record import body_of_item
from gateway.services.ports.audit import AccessRow
from gateway.services.ports.outcomes import RecordedCall
from gateway.storage.access_rows import EntryUnreadableError, decoded
from gateway.storage.audit_reader import read_entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine

    from gateway.domain.audit import Entry, Line
    from gateway.storage.access_token import Place

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


def row_at(
    place: Place, entries: Mapping[tuple[str, int], Entry], lines: Mapping[tuple[str, int, int], Line]
) -> AccessRow:
    """Return what stands at a place of the index, of the entries and lines that were read.

    Raises:
        EntryUnreadableError: It is in none of them, or is not that of a recorded call.
    """
    try:
        entry = entries[place.writer, place.number]
        item = -place.rank - 1 if place.rank else None
        if entry.erased:
            # Erased since its place was found.
            return AccessRow(entry, {}, item, None)
        line = None if item is None else lines[place.writer, place.number, item]
    except KeyError:
        raise EntryUnreadableError(place.writer, place.number, "it is in the index and not in the queue") from None
    body = decoded(entry, entry.body)
    return AccessRow(entry, body, item, None) if line is None else _item(entry, body, item, line)


def _item(entry: Entry, body: Mapping[str, object], item: int | None, line: Line) -> AccessRow:
    content = decoded(entry, line.content)
    return AccessRow(entry, body_of_item(body, content), item, content, line.leaf)
