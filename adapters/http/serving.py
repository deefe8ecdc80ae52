"""Serves a side-car: TLS 1.3 with client certificates, or the loopback; the only module that knows the server."""

from __future__ import annotations

import logging
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from adapters.errors import SettingsError
from adapters.http.app import App
from adapters.http.openapi import document
from adapters.http.routes import routes
from adapters.http.schemas import request_schemas
from adapters.http.tls import ClientTls
from adapters.http.upkeep import Upkeep

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from adapters.http.settings import Listening
    from adapters.http.sidecar import Sidecar

THREADS: Final = 128
"""Requests that are answered at once; more wait."""
MOST_CONNECTIONS: Final = 1024
"""Connections and requests at once; more are told 503."""
_STOP_SECONDS: Final = 20
_HEADER_BYTES: Final = 16 * 1024
_IDLE_SECONDS: Final = 15


def serve(sidecar: Sidecar, ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT; what is under way is finished.

    Args:
        sidecar: What answers.
        ready: Called with the port once requests are answered.

    Raises:
        SettingsError: The address or a certificate cannot be used.
    """
    listening = sidecar.settings.listening
    tls = ClientTls(listening.tls, sidecar.engine.clock) if listening.tls is not None else None
    with ThreadPoolExecutor(THREADS, thread_name_prefix="request") as executor:
        app = app_of(sidecar, executor)
        config = uvicorn.Config(
            app,
            interface="asgi3",
            http=_protocol_of(tls),
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_STOP_SECONDS,
            h11_max_incomplete_event_size=_HEADER_BYTES,
        )
        config.load()
        config.ssl = tls.front if tls is not None else None
        upkeep = Upkeep(sidecar)
        with _bound(listening) as bound:
            upkeep.start()
            try:
                _run(config, bound, ready)
            finally:
                upkeep.stop()


def app_of(sidecar: Sidecar, executor: Executor) -> App:
    """Return a side-car as an ASGI application, whose requests are answered in *executor*."""
    offered = routes(sidecar)
    described = document(sidecar.area, offered, request_schemas(sidecar.area, sidecar.settings.case_ref))
    return App(offered, described, sidecar.settings.listening.hosts, executor)


def _protocol_of(tls: ClientTls | None) -> type[H11Protocol]:
    """Return what speaks HTTP on a connection: not on one whose client the present list does not let in."""
    if tls is None:
        return H11Protocol
    used = tls

    class Guarded(H11Protocol):
        """Ends with its next bytes once it was not made under what is used now."""

        def data_received(self, data: bytes) -> None:
            """Take bytes from a client that is still let in."""
            secured = self.transport.get_extra_info("ssl_object")
            found = used.current()
            if secured is None or found is None or secured.context is not found:
                self.transport.abort()
                return
            super().data_received(data)

    return Guarded


class _Server(uvicorn.Server):
    """A server that says when it serves."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, and say so."""
        await super().startup(sockets)
        self._ready()


def _run(config: uvicorn.Config, bound: socket.socket, ready: Callable[[int], None]) -> None:
    # The server raises a signal once more when it has stopped; the first has done what was wanted.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    _Server(config, lambda: ready(int(bound.getsockname()[1]))).run([bound])


def _bound(listening: Listening) -> socket.socket:
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((listening.host, listening.port))
    except OSError as error:
        bound.close()
        raise SettingsError(f"cannot listen on {listening.host}:{listening.port}: {error.strerror}") from error
    return bound
