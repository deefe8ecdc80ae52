"""The gRPC server: TLS 1.3 with client certificates, bounds on everything, health that tells the truth."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2_grpc

from gateway.rpc.environment import CIPHERS_VARIABLE, TLS13_ONLY
from gateway.rpc.handover import Handover
from gateway.rpc.health import Health

if TYPE_CHECKING:
    from datetime import timedelta

    from gateway.rpc.router import Router
    from gateway.services.ports.identity import KeyMaterial

MESSAGE_LIMIT: Final = 4 * 1024 * 1024
METADATA_LIMIT: Final = 16 * 1024
STREAMS_LIMIT: Final = 256
"""Calls at once on one connection; a client that wants more keeps them back itself."""
READ_AHEAD: Final = 1 << 20
"""Bytes of a stream that are taken in before they are asked for. Left to itself gRPC takes what a fast line brings,
and keeps a whole upload in memory while the disk is slower."""
IDLE_MS: Final = 15 * 60 * 1000
"""A connection without a call is closed after so long; clients open another when they need one."""
HANDSHAKE_MS: Final = 5_000
PINGED_MS: Final = 10_000
"""How often a caller may look whether its connection lives; one that asks several nodes does every fifteen seconds."""
SERVICES: Final = (
    "",
    "jointsanctions.v1.CreditService",
    "jointsanctions.v1.RegistryService",
    "jointsanctions.v1.AuditService",
    "jointsanctions.v1.ReferralService",
    "jointsanctions.v1.SubjectService",
    "jointsanctions.v1.AdminService",
)


class InsecureStartError(Exception):
    """The process was started so that TLS 1.2 would be accepted."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one server process takes at most."""

    in_flight: int
    connection_age: timedelta
    shared_port: bool
    """Several processes listen on the port on purpose; otherwise a second server fails to start."""


class Server:
    """One listening server process."""

    def __init__(self, router: Router, material: KeyMaterial, bounds: Bounds) -> None:
        """Make the server; nothing listens yet. *material* must be sound: see ``use``.

        Raises:
            InsecureStartError: ``GRPC_SSL_CIPHER_SUITES`` was not set before the process started.
        """
        if os.environ.get(CIPHERS_VARIABLE) != TLS13_ONLY:
            raise InsecureStartError(f"{CIPHERS_VARIABLE} must be {TLS13_ONLY}: otherwise TLS 1.2 is accepted")
        age_ms = int(bounds.connection_age.total_seconds() * 1000)
        self._server = grpc.aio.server(
            options=[
                ("grpc.so_reuseport", int(bounds.shared_port)),
                ("grpc.max_receive_message_length", MESSAGE_LIMIT),
                ("grpc.max_metadata_size", METADATA_LIMIT),
                ("grpc.absolute_max_metadata_size", METADATA_LIMIT),
                ("grpc.max_concurrent_streams", STREAMS_LIMIT),
                ("grpc.http2.bdp_probe", 0),
                ("grpc.http2.lookahead_bytes", READ_AHEAD),
                ("grpc.max_connection_idle_ms", IDLE_MS),
                ("grpc.max_connection_age_ms", age_ms),
                ("grpc.max_connection_age_grace_ms", 30_000),
                ("grpc.server_handshake_timeout_ms", HANDSHAKE_MS),
                ("grpc.keepalive_time_ms", 60_000),
                ("grpc.keepalive_timeout_ms", 20_000),
                ("grpc.http2.min_ping_interval_without_data_ms", PINGED_MS),
            ],
            maximum_concurrent_rpcs=bounds.in_flight,
        )
        self._health = Health(SERVICES)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self._server.add_generic_rpc_handlers((router,))
        self._handover = Handover(material)
        self._credentials = self._handover.credentials()

    def use(self, material: KeyMaterial) -> None:
        """Shake hands with *material* from now on; open connections stay.

        It must be sound: with what it cannot use gRPC goes on as before and says nothing.
        """
        self._handover.use(material)

    async def start(self, address: str) -> int:
        """Listen on *address*, ``host:port``, and return the port, which was chosen when it was 0.

        Raises:
            RuntimeError: The address cannot be had.
        """
        port = self._server.add_secure_port(address, self._credentials)
        await self._server.start()
        return port

    def show_health(self, *, serving: bool) -> None:
        """Say whether calls are answered: a record can be written, key material is sound, callers can be judged."""
        self._health.show(serving=serving)

    async def stop(self, grace_seconds: float) -> None:
        """Take no new calls, and let those under way finish within the grace."""
        self._health.end()
        await self._server.stop(grace_seconds)
