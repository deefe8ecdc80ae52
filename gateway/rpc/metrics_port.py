"""A port of plain HTTP that tells metrics, and nothing else: ``GET /metrics``.

It asks for no certificate, so it is for this machine alone (``settings.watching``). What reads it is bounded: so many
connections at once, so many bytes of a request, so many seconds for all of it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.domain.figures import ProcessFigures
    from gateway.domain.status import Status
    from gateway.services.count_calls import CallCounts
    from gateway.services.get_status import GetStatus

PATH: Final = b"/metrics"
CONNECTIONS: Final = 8
REQUEST_BYTES: Final = 8_192
SECONDS: Final = 5.0
_END: Final = b"\r\n\r\n"
_log: Final = logging.getLogger(__name__)


class MetricsPort:
    """One listening port. Use it from the event loop that answers."""

    def __init__(self, status: GetStatus, figures: Callable[[], ProcessFigures]) -> None:
        """Take what is told: the status, and what else *figures* sees of the process without blocking."""
        self._status = status
        self._figures = figures
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._exposition: Callable[[Status, CallCounts, ProcessFigures], bytes]
        self._content_type: str

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port, which was chosen when it was 0.

        Raises:
            OSError: The address cannot be had.
        """
        # Only who tells metrics loads what writes them: it takes a command longer to start.
        from gateway.rpc import exposition  # noqa: PLC0415 - as said

        self._exposition, self._content_type = exposition.exposition, exposition.CONTENT_TYPE
        self._server = await asyncio.start_server(self._taken, host, port, limit=REQUEST_BYTES)
        listening: int = self._server.sockets[0].getsockname()[1]
        return listening

    async def close(self) -> None:
        """Stop listening, and cut what is under way."""
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        if self._open:
            await asyncio.wait(self._open)

    def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                head = await reader.readuntil(_END)
                writer.write(await self._answer(head))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked is gone, too slow or sends no request: there is nobody to tell
        except Exception:  # noqa: BLE001 - a fault of ours ends this answer only, and is logged
            _log.exception("metrics could not be told")
        finally:
            writer.transport.abort()

    async def _answer(self, head: bytes) -> bytes:
        method, _, rest = head.partition(b"\r\n")[0].partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        if method != b"GET":
            return _response("405 Method Not Allowed", b"only GET\n")
        if path != PATH:
            return _response("404 Not Found", b"only /metrics\n")
        status = await self._status()
        content = self._exposition(status, self._status.counts, self._figures())
        return _response("200 OK", content, self._content_type)


def _response(status: str, content: bytes, kind: str = "text/plain; charset=utf-8") -> bytes:
    fields = f"Content-Type: {kind}\r\nContent-Length: {len(content)}\r\nCache-Control: no-store\r\nConnection: close"
    return f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n".encode() + content
