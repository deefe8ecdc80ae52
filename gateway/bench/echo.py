"""The measure of all figures: a bare ``grpc.aio`` server that answers with as many bytes as the gateway would.

Same library, same mutual TLS 1.3 with the same certificate, same sizes of messages; no parsing, no decision, no record.
Run as ``python -m gateway.bench.echo``, with its settings as one line of JSON on standard input.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import grpc
import grpc.aio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Context = grpc.aio.ServicerContext[Any, Any]
    Answer = Callable[[bytes, Context], Awaitable[bytes]]

SERVING: Final = "serving"
"""The event of the line on standard error that says on which port it answers, as the gateway's log does."""


class _Echo(grpc.GenericRpcHandler):
    def __init__(self, answer: Answer) -> None:
        self._handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(answer)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any]:  # noqa: ARG002 - every path
        return self._handler


def _credentials(settings: dict[str, Any]) -> grpc.ServerCredentials:
    key, certificate, authorities = (
        Path(settings[name]).read_bytes() for name in ("key", "certificate", "authorities")
    )
    return grpc.ssl_server_credentials([(key, certificate)], authorities, require_client_auth=True)


async def serve(settings: dict[str, Any], answer: Answer) -> None:
    """Answer every call by *answer*, until SIGTERM.

    Args:
        settings: ``port`` on 127.0.0.1, or 0; ``certificate``, ``key`` and ``authorities``, files in PEM.
        answer: Takes the bytes of a request, and returns those of its answer.
    """
    server = grpc.aio.server(options=[("grpc.so_reuseport", 1)])
    server.add_generic_rpc_handlers((_Echo(answer),))
    port = server.add_secure_port(f"127.0.0.1:{settings['port']}", _credentials(settings))
    await server.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print(json.dumps({"event": SERVING, "port": port}), file=sys.stderr, flush=True)
    await stop.wait()
    await server.stop(1.0)


async def _bare(settings: dict[str, Any]) -> None:
    told = bytes(settings["answer_bytes"])

    async def echo(_raw: bytes, _context: Context) -> bytes:
        return told

    await serve(settings, echo)


if __name__ == "__main__":
    asyncio.run(_bare(json.loads(sys.stdin.readline())))
