"""``IntakeProcess``: the port ``Intake`` by a process beside the serving one, started with the first chunk.

It takes one chunk after another. When it ends, whatever the reason, the chunk under way fails, and the next one starts
another process. What is done with a chunk is in ``__main__``.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway import child
from gateway.domain.errors import GatewayError, StoreUnavailableError
from gateway.services.ports.intake import Taken

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from multiprocessing.connection import Connection
    from pathlib import Path

    from gateway.services.ports.intake import Sender, SentChunk
    from gateway.services.ports.register import Clock

STOP_SECONDS: Final = 5.0


class IntakeError(Exception):
    """A fault of ours in the other process: its traceback."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the process needs to know; it is told by the serving process and reads no configuration."""

    store_url: str
    person_key: Path
    writer: str
    """The audit queue that holds the entries of what is stored."""
    kinds_of_feed: Mapping[str, frozenset[str]]


class IntakeProcess:
    """One process that takes chunks. Made and used on one event loop; nothing is started before the first chunk."""

    def __init__(self, setup: Setup, clock: Clock) -> None:
        self._setup = setup
        self._clock = clock
        # One thread speaks with the process, so that orders and answers never mix. It lives until ``close``, because
        # the process is killed when the thread that started it ends.
        self._speaker = ThreadPoolExecutor(1, "intake")
        self._running: tuple[subprocess.Popen[bytes], Connection] | None = None

    async def take(self, sender: Sender, chunk: SentChunk) -> Taken:
        """Have a chunk stored; see the port. A fault of ours is an ``IntakeError``."""
        return await asyncio.get_running_loop().run_in_executor(self._speaker, self._take, sender, chunk)

    async def close(self) -> None:
        """End the process once it has done what was under way."""
        await asyncio.get_running_loop().run_in_executor(self._speaker, self._end)
        self._speaker.shutdown()

    def _take(self, sender: Sender, chunk: SentChunk) -> Taken:
        try:
            if self._running is None:
                self._running = child.start("gateway.intake")
                self._running[1].send(self._setup)
            _, connection = self._running
            connection.send((sender, chunk, self._clock.now()))
            answer = connection.recv()
        except (OSError, EOFError) as error:
            self._end()
            raise StoreUnavailableError("the process that takes in submissions ended", kind="IntakeEnded") from error
        if isinstance(answer, Taken):
            return answer
        raise answer if isinstance(answer, GatewayError) else IntakeError(answer)

    def _end(self) -> None:
        """Wait for the end of the process, so that nothing is stored by it after this."""
        if self._running is None:
            return
        (process, connection), self._running = self._running, None
        connection.close()
        child.end(process, STOP_SECONDS)
