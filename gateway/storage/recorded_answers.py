"""The record of calls read at one position, in whichever queue: for whoever points to an answer that was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.confirmations import RecordedAnswer
from gateway.storage.access_rows import decoded
from gateway.storage.audit_reader import read_numbered

if TYPE_CHECKING:
    from gateway.storage.audit_place import DatabasePlace, FolderPlace


class QueueAnswers:
    """The port ``RecordedAnswers`` over all queues of one place. Blocking; safe to use from threads."""

    def __init__(self, place: FolderPlace | DatabasePlace) -> None:
        self._place = place

    def answer(self, writer: str, number: int) -> RecordedAnswer | None:
        """Return what is recorded there; None when there is no such queue or number, or when it is erased.

        Raises:
            EntryUnreadableError: The entry is not that of a recorded call.
            StoreUnavailableError: The database failed.
        """
        engine = self._place.readers().get(writer)
        entry = None if engine is None else read_numbered(engine, writer, [number]).get(number)
        if entry is None or entry.erased:
            return None
        return RecordedAnswer(entry.leaf, entry.time, decoded(entry, entry.body))
