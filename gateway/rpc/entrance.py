"""Who may begin a call, and when: certificate, role, quota and turn, in this order, before anything is read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import GatewayError
from gateway.rpc.admission import Admission
from gateway.rpc.bounded import require_time
from gateway.rpc.method import Call

if TYPE_CHECKING:
    from gateway.rpc.begun import Begun
    from gateway.rpc.identity import Identity
    from gateway.services.ports.register import Clock

ADMIT_SECONDS: Final = 0.5
"""How often the caller of an open stream is judged anew: a revoked certificate stops working within a second."""


class Entrance:
    """Lets calls in. Use it from one event loop."""

    def __init__(self, identity: Identity, clock: Clock) -> None:
        self._identity = identity
        self._clock = clock
        self._admission = Admission()

    async def enter(self, begun: Begun) -> Call:
        """Return the call when it is its turn to begin: admitted, within the quota, and still waited for.

        Refused calls wait for their turn too, so that a flood of them keeps nobody waiting.
        """
        streams = begun.method.streams
        try:
            call = self.admit(begun)
            self._admission.enter(call.agency, call.now, stream=streams)
        except GatewayError:
            await self._admission.turn_of_refused(begun.seen)
            raise
        leave = partial(self._admission.leave, call.agency, stream=streams)
        if begun.method.recorded is None and not streams:
            # What is answered is held until its caller has taken it.
            begun.context.add_done_callback(lambda _: leave())  # type: ignore[arg-type]
        else:
            begun.leave = leave
        await call.turn()
        require_time(begun.context)
        return call

    def under_way(self) -> tuple[int, int]:
        """Return how many admitted calls are in flight, and how many of them are streams."""
        return self._admission.under_way()

    def calls(self) -> int:
        """Return how many admitted calls are in flight that are no streams."""
        return self._admission.calls

    def admit(self, begun: Begun) -> Call:
        """Return the call, once certificate, role and mandate have been checked; raises what they raise."""
        method = begun.method
        now = self._clock.now()
        begun.seen = self._identity.see(begun.auth, begun.seen.peer, now)
        agency = self._identity.mandate(begun.seen)
        if method.roles:
            agency.require_role(method.roles, method.name)
        agency.require_in_force(now)
        return Call(begun.seen, agency, now, begun.told, partial(self._admission.turn, begun.seen))
