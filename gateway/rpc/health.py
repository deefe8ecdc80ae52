"""``grpc.health.v1.Health``: whether calls are answered. What one caller does there holds up nobody.

Any certificate of a trusted authority is told, known here or not, and nothing is recorded: when nobody can be judged,
that must be told as well. So these calls are outside of quotas, and have bounds of their own; and nothing waits for a
caller that does not take what it is told.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import grpc
from grpc_health.v1 import health_pb2 as pb

from gateway.rpc.identity import handshaken

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection

    from gateway.rpc.begun import Context
    from gateway.rpc.identity import PeerOf

CALLS_OF_ONE: Final = 16
"""Calls at once with one certificate, watching and asking, until what was told has been taken."""
CALLS: Final = 256
"""Calls at once of one process: an eighth of what it takes as shipped, so that all of them leave room."""
_Status = pb.HealthCheckResponse


class Health:
    """What one server process says of itself, of all its services alike. Use it from one event loop."""

    def __init__(self, services: Collection[str], peer_of: PeerOf = handshaken) -> None:
        """Say NOT_SERVING of *services*, the empty name for all together, until something else is shown."""
        self._services = frozenset(services)
        self._peer_of = peer_of
        self._serving = False
        self._ended = False
        self._changed = asyncio.Event()
        self._open: Counter[bytes] = Counter()

    def show(self, *, serving: bool) -> None:
        """Say this from now on, to those as well who watch; after ``end`` nothing changes any more."""
        if serving != self._serving and not self._ended:
            self._serving = serving
            changed, self._changed = self._changed, asyncio.Event()
            changed.set()

    def end(self) -> None:
        """Say NOT_SERVING for good."""
        self.show(serving=False)
        self._ended = True

    async def Check(self, request: pb.HealthCheckRequest, context: Context) -> pb.HealthCheckResponse:  # noqa: N802 - gRPC's
        """Tell once; NOT_FOUND for a service that there is not, RESOURCE_EXHAUSTED beyond the bounds."""
        await self._enter(context)
        status = self._status(request.service)
        if status == _Status.SERVICE_UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND, "there is no such service")
        return pb.HealthCheckResponse(status=status)

    async def List(self, _request: pb.HealthListRequest, context: Context) -> pb.HealthListResponse:  # noqa: N802 - gRPC's
        """Tell of every service once; RESOURCE_EXHAUSTED beyond the bounds."""
        await self._enter(context)
        statuses = {service: pb.HealthCheckResponse(status=self._status(service)) for service in self._services}
        return pb.HealthListResponse(statuses=statuses)

    async def Watch(  # noqa: N802 - gRPC's
        self, request: pb.HealthCheckRequest, context: Context
    ) -> AsyncGenerator[pb.HealthCheckResponse]:
        """Tell now and after each change; what changed twice while a caller was slow is told once."""
        await self._enter(context)
        told = None
        while True:
            changed, status = self._changed, self._status(request.service)
            if status != told:
                yield pb.HealthCheckResponse(status=status)
                told = status
            await changed.wait()

    def _status(self, service: str) -> Any:  # noqa: ANN401 - its type is known to the stubs alone
        if service not in self._services:
            return _Status.SERVICE_UNKNOWN
        return _Status.SERVING if self._serving else _Status.NOT_SERVING

    async def _enter(self, context: Context) -> None:
        """Count the call until gRPC is done with it; abort one that is too many."""
        caller = hashlib.sha256(b"".join(self._peer_of(context)[0].get("x509_pem_cert", ()))).digest()
        if self._open[caller] >= CALLS_OF_ONE or self._open.total() >= CALLS:
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many calls of health at once")

        def leave(_: object) -> None:
            self._open[caller] -= 1
            if not self._open[caller]:
                del self._open[caller]

        self._open[caller] += 1
        context.add_done_callback(leave)  # type: ignore[arg-type]  # the stubs want the context named
