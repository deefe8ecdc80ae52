"""The server behind the edge: two Unix sockets for one proxy, which ends TLS before them.

The methods of ``edge_terms.FAST`` are called so often that gRPC's own share of a call weighs; they have a socket whose
HTTP/2 is not Python's (``native_front``). Everything else, streams and unknown paths included, comes over gRPC's own
server.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import grpc.aio
from grpc_health.v1 import health_pb2_grpc

from gateway.rpc.edge_terms import FAST
from gateway.rpc.health import Health
from gateway.rpc.native_front import STREAMS, NativeFront
from gateway.rpc.server import MESSAGE_LIMIT, READ_AHEAD, SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gateway.rpc.identity import PeerOf
    from gateway.rpc.router import Router
    from gateway.services.ports.identity import KeyMaterial

METADATA_LIMIT: Final = 256 * 1024
"""Bytes of one call's metadata: what the proxy lets its caller send, and the certificates, of which TLS takes 100 KB,
in percent signs."""


class EdgeServer:
    """One server process behind the edge; to ``gateway.bootstrap`` it is what ``gateway.rpc.server.Server`` is."""

    def __init__(
        self,
        router: Router,
        sockets: tuple[Path, Path],
        in_flight: int,
        peer_of: PeerOf,
        hand_over: Callable[[KeyMaterial], None],
    ) -> None:
        """Make the server; nothing listens yet.

        Args:
            router: Has every method.
            sockets: Paths of the ordinary and of the fast socket; what lies there is replaced.
            in_flight: Calls at once on each of them.
            peer_of: Reads what the proxy says of its caller.
            hand_over: Gives the proxy what it shakes hands with.
        """
        self._router = router
        self._sockets = sockets
        self._in_flight = in_flight
        self._hand_over = hand_over
        self._server = grpc.aio.server(
            options=[
                ("grpc.max_receive_message_length", MESSAGE_LIMIT),
                ("grpc.max_metadata_size", METADATA_LIMIT),
                ("grpc.absolute_max_metadata_size", METADATA_LIMIT),
                ("grpc.max_concurrent_streams", STREAMS),
                ("grpc.http2.bdp_probe", 0),
                ("grpc.http2.lookahead_bytes", READ_AHEAD),
            ],
            maximum_concurrent_rpcs=in_flight,
        )
        self._health = Health(SERVICES, peer_of)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self._server.add_generic_rpc_handlers((router,))
        self._front: NativeFront | None = None

    def use(self, material: KeyMaterial) -> None:
        """Have the proxy shake hands with *material* from now on; raises ``OSError``."""
        self._hand_over(material)

    async def start(self, address: str) -> int:  # noqa: ARG002 - the proxy listens there
        """Listen on the sockets, and return 0: there is no port.

        Raises:
            RuntimeError: A socket cannot be had.
        """
        ordinary, fast = self._sockets
        for socket in self._sockets:
            socket.unlink(missing_ok=True)
        try:
            self._front = NativeFront(str(fast), self._router.unary(FAST), self._in_flight, METADATA_LIMIT)
        except OSError as error:
            raise RuntimeError(str(error)) from error
        self._server.add_insecure_port(f"unix:{ordinary}")
        await self._server.start()
        self._front.start()
        return 0

    def show_health(self, *, serving: bool) -> None:
        """Say whether calls are answered."""
        self._health.show(serving=serving)

    async def stop(self, grace_seconds: float) -> None:
        """Take no new calls, and let those under way finish within the grace."""
        self._health.end()
        stopping = [self._server.stop(grace_seconds)]
        if self._front is not None:
            stopping.append(self._front.stop(grace_seconds))
        await asyncio.gather(*stopping)
