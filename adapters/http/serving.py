"""Serves a side-car: TLS 1.3 with client certificates, or the loopback; the only module of it that knows the server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from adapters.http.app import App
from adapters.http.openapi import document
from adapters.http.routes import routes
from adapters.http.schemas import request_schemas
from adapters.http.server import bound_to, configured, run
from adapters.http.tls import ClientTls
from adapters.http.upkeep import Upkeep

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from adapters.http.sidecar import Sidecar

THREADS: Final = 128
"""Requests that are answered at once; more wait."""
MOST_CONNECTIONS: Final = 1024
"""Connections and requests at once; more are told 503."""
_STOP_SECONDS: Final = 20


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
        config = configured(app, MOST_CONNECTIONS, _STOP_SECONDS, _protocol_of(tls))
        config.load()
        config.ssl = tls.front if tls is not None else None
        upkeep = Upkeep(sidecar)
        with bound_to(listening.host, listening.port) as bound:
            upkeep.start()
            try:
                run(config, bound, lambda: ready(int(bound.getsockname()[1])))
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
