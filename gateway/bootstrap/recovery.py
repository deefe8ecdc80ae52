"""What a start owes the record: that the process before stopped, and commits whose entry was never written."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from gateway.bootstrap.config import StartError
from gateway.domain.audit import Draft
from gateway.storage.stop_note import StopNote

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.services.ports.register import Clock
    from gateway.storage.audit_queue import AuditQueue
    from gateway.storage.facts import SqlFactStore

_log = logging.getLogger(__name__)


class Recovery:
    """Of one writer, whose name the queue knows."""

    def __init__(self, state: Path, audit: AuditQueue, store: SqlFactStore) -> None:
        """Keep room for the word that the record stopped.

        Raises:
            StartError: There is none.
        """
        self._audit = audit
        self._store = store
        try:
            self._note = StopNote(state / "stopped" / audit.writer)
        except OSError as error:
            raise StartError(f"no room can be kept for the word that the record stopped: {error}") from error

    def leave_word(self, clock: Clock) -> None:
        """Leave behind that nothing can be recorded any more, in the room that was kept for it."""
        try:
            self._note.write(clock.now(), self._audit.failure)
        except OSError as error:
            _log.critical("not even that the record stopped could be written: %s", error)

    async def record_stop(self) -> None:
        """Record that the process before could not record any more, when it left word of that."""
        left = await asyncio.to_thread(self._note.read)
        if left is None:
            return
        body: dict[str, object] = {"method": "AuditService", "outcome": "STOPPED", "caller": {}}
        body["stopped"] = {"at": left.at, "cause": left.cause}
        await self._audit.record(Draft(body))
        # Whoever is killed in between records it once more, which is better than never.
        await asyncio.to_thread(self._note.clear)

    async def record_commits(self, only: str = "") -> None:
        """Write the entries that this writer owes: all of them before it serves, afterwards those of one request.

        The facts are there, so the record must be.
        """
        for request_id, first, last in await asyncio.to_thread(self._store.unrecorded, self._audit.writer):
            if only not in {"", request_id}:
                continue
            body = {
                "method": "RegistryService",
                "outcome": "RECOVERED",
                "caller": {},
                "request": {"id": request_id},
                "revisions": [first, last],
            }
            position = await self._audit.record(Draft(body))
            await asyncio.to_thread(self._store.mark_recorded, request_id, last, position.number)
