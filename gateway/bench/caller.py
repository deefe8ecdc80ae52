"""One calling process: gRPC over mutual TLS, as many calls in flight as are asked for.

Run as ``python -m gateway.bench.caller``, with its settings as one line of JSON on standard input; then as
``gateway.bench.rounds`` says.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Final

import grpc
import grpc.aio

from gateway.bench.rounds import serve_rounds

CONNECT_SECONDS: Final = 60.0
"""A server that is not there ends the caller, and with it the benchmark; it would be waited for without end."""


def _credentials(settings: dict[str, Any]) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(
        *(Path(settings[name]).read_bytes() for name in ("authorities", "key", "certificate"))
    )


async def _serve(settings: dict[str, Any]) -> None:
    credentials = _credentials(settings)
    options = [
        ("grpc.ssl_target_name_override", settings["server_name"]),
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.enable_retries", 0),
    ]
    channels = [
        grpc.aio.secure_channel(settings["target"], credentials, options) for _ in range(settings["connections"])
    ]
    async with asyncio.timeout(CONNECT_SECONDS):
        await asyncio.gather(*(channel.channel_ready() for channel in channels))
    await serve_rounds([channel.unary_unary(settings["method"]) for channel in channels], settings)
    await asyncio.gather(*(channel.close() for channel in channels))


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.stdin.readline())))
