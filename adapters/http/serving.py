"""Serves a side-car: TLS 1.3 with client certificates, or the loopback; the only module that knows the server."""

from __future__ import annotations

import logging
import signal
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import uvicorn

from adapters.errors import SettingsError
from adapters.http.app import App
from adapters.http.routes import routes
from adapters.http.schemas import request_schemas
from adapters.http.upkeep import Upkeep

if TYPE_CHECKING:
    from collections.abc import Callable

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
    tls = _tls(listening)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="request") as executor:
        schemas = request_schemas(sidecar.area, sidecar.settings.case_ref)
        app = App(routes(sidecar), schemas, listening.hosts, executor)
        config = uvicorn.Config(
            app,
            interface="asgi3",
            http="h11",
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
        config.ssl = tls
        upkeep = Upkeep(sidecar)
        with _bound(listening) as bound:
            upkeep.start()
            try:
                _run(config, bound, ready)
            finally:
                upkeep.stop()


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


def _tls(listening: Listening) -> ssl.SSLContext | None:
    """Return what every connection must pass: our certificate, and a client's of the right authority."""
    if listening.certificate is None or listening.client_authorities is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(listening.certificate, listening.key)
        context.load_verify_locations(listening.client_authorities)
    except (OSError, ssl.SSLError) as error:
        files = f"{listening.certificate}, {listening.key}, {listening.client_authorities}"
        raise SettingsError(f"{files}: cannot be used: {error}") from error
    return context
