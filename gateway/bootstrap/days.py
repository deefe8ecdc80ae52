"""Recording the indexes of days: the integrator makes them, and a serving process has the queue to put them into."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gateway.domain.audit import EntryTooLargeError
from gateway.domain.errors import GatewayError

if TYPE_CHECKING:
    from gateway.services.ports.audit import AuditLog
    from gateway.services.ports.days import DayStore

LOOK_SECONDS: Final = 1.0
_log: Final = logging.getLogger(__name__)


class RecordedDays:
    """Looks for indexes that no entry holds, and records them as they are stored, from ``start`` to ``stop``.

    One that two processes record at once stands in the log twice and says the same twice; the first place counts.
    """

    def __init__(self, days: DayStore, audit: AuditLog) -> None:
        self._days = days
        self._audit = audit
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._why = ""

    def start(self) -> None:
        """Begin looking."""
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End looking, once what is being recorded is recorded; does nothing when it was not started."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._record()
                self._why = ""
            except (GatewayError, EntryTooLargeError, ValueError) as error:
                if str(error) != self._why:
                    _log.error("the index of a day is not recorded: %s", error)
                self._why = str(error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK_SECONDS)

    async def _record(self) -> None:
        for indexed in await asyncio.to_thread(self._days.to_record):
            position = await self._audit.record(indexed.draft)
            await asyncio.to_thread(self._days.recorded, indexed.number, position.writer, position.number)
