"""Looking at open cases for as long as a gateway serves: one process of each machine does."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import GatewayError

if TYPE_CHECKING:
    from gateway.services.follow_cases import FollowCases

LOOK_SECONDS: Final = 0.5
_log: Final = logging.getLogger(__name__)


class CaseWatch:
    """Looks again and again, from ``start`` to ``stop``; a look that fails is made up for by the next."""

    def __init__(self, follow: FollowCases) -> None:
        self._follow = follow
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._why = ""

    def start(self) -> None:
        """Begin looking. Call it on the event loop on which the index is read."""
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End looking, once what is being told is told; does nothing when it was not started."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._follow()
                self._why = ""
            except (GatewayError, ValueError) as error:
                if str(error) != self._why:
                    _log.error("open cases cannot be followed: %s", error)
                self._why = str(error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK_SECONDS)
