"""The HTTP server under the side-car and the console: one way to bind, to bound and to end it."""

from __future__ import annotations

import logging
import signal
import socket
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from adapters.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from uvicorn.protocols.http.h11_impl import H11Protocol

_HEADER_BYTES: Final = 16 * 1024
_IDLE_SECONDS: Final = 15


def configured(
    app: Callable[..., Any], connections: int, stop_seconds: int, http: type[H11Protocol] | None = None
) -> uvicorn.Config:
    """Return how *app* is served: HTTP/1.1 alone, within bounds, and saying nothing of itself.

    Args:
        app: What answers, by ASGI 3.
        connections: Connections and requests at once; more are told 503.
        stop_seconds: How long what is under way is waited for at the end.
        http: What speaks HTTP on a connection; None: the server's own.
    """
    return uvicorn.Config(
        app,
        interface="asgi3",
        http=http or "h11",
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=connections,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=stop_seconds,
        h11_max_incomplete_event_size=_HEADER_BYTES,
    )


def bound_to(host: str, port: int) -> socket.socket:
    """Return a socket of an address, IPv6 where it has a colon; port 0: where there is room.

    Raises:
        SettingsError: The address cannot be used.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise SettingsError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return bound


def run(config: uvicorn.Config, bound: socket.socket, ready: Callable[[], None]) -> None:
    """Serve on *bound* until SIGTERM or SIGINT; *ready* is called once requests are answered."""
    # The server raises a signal once more when it has stopped; the first has done what was wanted.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    _Server(config, ready).run([bound])


class _Server(uvicorn.Server):
    """A server that says when it serves."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, and say so."""
        await super().startup(sockets)
        self._ready()
