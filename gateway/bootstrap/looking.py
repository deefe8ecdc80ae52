"""Looking again and again while a gateway serves: what failed is told once, and made up for by the next look."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gateway.domain.audit import EntryTooLargeError
from gateway.domain.errors import GatewayError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log: Final = logging.getLogger(__name__)


class Looking:
    """One task, from ``start`` to ``stop``."""

    def __init__(self, look: Callable[[], Awaitable[object]], seconds: float, failed: str) -> None:
        """Take what is done, the pause after it, and what the log says when it fails, before the reason."""
        self._look = look
        self._seconds = seconds
        self._failed = failed
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._why = ""

    def start(self) -> None:
        """Begin looking. Call it on the event loop that answers."""
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End looking, once what is under way is done; does nothing when it was not started."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._look()
                self._why = ""
            except (GatewayError, EntryTooLargeError, ValueError) as error:
                if str(error) != self._why:
                    _log.error("%s: %s", self._failed, error)
                self._why = str(error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._seconds)
