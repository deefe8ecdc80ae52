"""One calling process for a service that speaks HTTP: a connection for each call in flight, over mutual TLS.

HTTP/1.1 has one question at a time on a connection, which is kept. No library: the caller must cost as little as that
of gRPC does, or it would be measured instead of the service. Run as ``python -m gateway.bench.http_caller``, with its
settings as one line of JSON on standard input; then as ``gateway.bench.rounds`` says.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from typing import Any, Final

from gateway.bench.rounds import NotAnsweredError, serve_rounds

_LENGTH: Final = b"content-length:"
_OK: Final = b"HTTP/1.1 200 "


class Connection:
    """One connection, called with a question's bytes; only one call at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
        self._reader = reader
        self._writer = writer
        self._head = (
            f"POST {path} HTTP/1.1\r\nhost: localhost\r\nx-agency: bench\r\ncontent-type: application/json\r\n"
            "content-length: "
        ).encode()

    async def __call__(self, question: bytes, timeout: float) -> bytes:  # noqa: ASYNC109 - as gRPC's calls are made
        """Ask, and return the body of the answer.

        Raises:
            NotAnsweredError: There was none in time, or another status than 200.
        """
        try:
            async with asyncio.timeout(timeout):
                self._writer.write(b"%b%d\r\n\r\n%b" % (self._head, len(question), question))
                head = await self._reader.readuntil(b"\r\n\r\n")
                body = await self._reader.readexactly(_length(head))
        except (TimeoutError, OSError, EOFError, asyncio.LimitOverrunError) as error:
            raise NotAnsweredError(f"{type(error).__name__}: {error}") from error
        if not head.startswith(_OK):
            raise NotAnsweredError(f"{head.partition(chr(13).encode())[0].decode('latin-1')}: {body[:200]!r}")
        return body

    async def close(self) -> None:
        """End the connection."""
        self._writer.close()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(_LENGTH):
            return int(line[len(_LENGTH) :])
    raise NotAnsweredError("an answer without its length")


async def _serve(settings: dict[str, Any]) -> None:
    context = ssl.create_default_context(cafile=settings["authorities"])
    context.load_cert_chain(settings["certificate"], settings["key"])
    host, _, port = settings["target"].rpartition(":")
    path = settings["method"].partition(" ")[2]
    opened = [
        asyncio.open_connection(host, int(port), ssl=context, server_hostname=settings["server_name"])
        for _ in range(settings["in_flight"])
    ]
    connections = [Connection(*streams, path) for streams in await asyncio.gather(*opened)]
    await serve_rounds(connections, settings)
    await asyncio.gather(*(connection.close() for connection in connections))


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.stdin.readline())))
