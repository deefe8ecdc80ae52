"""The server of the scripted gateway: gRPC with mutual TLS, which can be stopped and started again, also as another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc

from gateway.conformance.errors import ConformanceError
from gateway.conformance.scripted import ScriptedMethods

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gateway.conformance.script import Script

THREADS: Final = 256
"""Calls that are under way at once; each may be waiting for its time."""
LATE_FACTOR: Final = 3
"""A late answer comes after so many times the adapter's deadline."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The files by which the scripted gateway is known, and by which it knows its caller.

    Attributes:
        certificate: PEM chain.
        key: Its key.
        callers: PEM certificates of the authorities that issue callers' certificates.
    """

    certificate: Path
    key: Path
    callers: Path


class ScriptedGateway:
    """One server, which can be stopped and started again, also as somebody else."""

    def __init__(self, listen: str, script: Script, deadline_seconds: float) -> None:
        """Answer at *listen* by *script* to an adapter that waits *deadline_seconds*; ``start`` begins."""
        self._listen = listen
        self._methods = ScriptedMethods(script, deadline_seconds * LATE_FACTOR).by_path()
        self._server: grpc.Server | None = None

    def start(self, identity: Identity) -> None:
        """Serve.

        Raises:
            ConformanceError: The address or a file cannot be used.
        """
        try:
            pair = (identity.key.read_bytes(), identity.certificate.read_bytes())
            credentials = grpc.ssl_server_credentials([pair], identity.callers.read_bytes(), require_client_auth=True)
        except OSError as error:
            raise ConformanceError(f"{error.filename}: {error.strerror}") from error
        executor = ThreadPoolExecutor(THREADS, thread_name_prefix="scripted")
        server = grpc.server(executor, handlers=[_Handler(self._methods)], options=[("grpc.so_reuseport", 0)])
        try:
            bound = server.add_secure_port(self._listen, credentials)
        except RuntimeError as error:
            raise ConformanceError(f"{self._listen}: the scripted gateway cannot listen here: {error}") from error
        if bound == 0:
            raise ConformanceError(f"{self._listen}: the scripted gateway cannot listen here")
        server.start()
        self._server = server

    def stop(self) -> None:
        """Stop; what is under way is cut off."""
        if self._server is not None:
            self._server.stop(grace=0).wait()
            self._server = None


class _Handler(grpc.GenericRpcHandler):
    """Hands the raw bytes of each known method to its function; the rest is UNIMPLEMENTED."""

    def __init__(self, methods: dict[str, Callable[[bytes, grpc.ServicerContext], bytes]]) -> None:
        self._methods = methods

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        method = self._methods.get(handler_call_details.method)
        return None if method is None else grpc.unary_unary_rpc_method_handler(method)
