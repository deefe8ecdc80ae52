"""A call as far as it has come: what is known of it under way, and what is recorded if it ends now."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gateway.domain.call_record import KEYED, OK, CallRecord
from gateway.rpc.identity import unidentified
from gateway.rpc.method import names_persons

if TYPE_CHECKING:
    import hashlib
    from collections.abc import Callable

    import grpc

    from gateway.domain.call_record import CallerSeen
    from gateway.rpc.identity import Auth, PeerOf
    from gateway.rpc.method import Method
    from gateway.rpc.traces import CallTrace

    Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(slots=True)
class Begun:
    """One call under way, from its arrival to its end."""

    method: Method
    digest: hashlib._Hash
    """Over the bytes of the request, or of all messages of a stream that have come so far."""
    conceal: Callable[[str], str]
    """Returns the keyed hash of a digest from which a person's number could be guessed."""
    context: Context
    auth: Auth
    """What the handshake says of the peer."""
    seen: CallerSeen
    told: dict[str, object] = field(default_factory=dict)
    """What the record will say of it, as far as it was understood."""
    started: int = field(default_factory=time.perf_counter_ns)
    outcome: str = ""
    """How it ended, as the record says it; empty while it has not, and when it was answered."""
    trace: CallTrace | None = None
    """What is told of it to whoever looks for time; None where it is not traced."""
    departed: bool = False
    """It is on record that its caller went away."""
    leave: Callable[[], None] | None = None
    """Of a stream and of a call that stores: gives its place in the quota back."""

    def passed(self, part: str) -> None:
        """Note for its trace that a part is over."""
        if self.trace is not None:
            self.trace.passed(part)

    def give_back(self) -> None:
        """Give the place in the quota back, once."""
        if self.leave is not None:
            self.leave()
            self.leave = None

    def record(self, outcome: str, response: str = "") -> CallRecord:
        """Return what is recorded of the call when it ends now; *response* is the hash of its answer."""
        latency_us = (time.perf_counter_ns() - self.started) // 1000
        request = self.digest.hexdigest()
        # Of what was read whole and has no place for a person's number, anybody may compute it; of all else it would
        # let a reader of the log guess the number.
        if outcome != OK or names_persons(self.method.request.DESCRIPTOR):
            request = KEYED + self.conceal(request)
        return CallRecord(self.method.name, outcome, self.seen, request, latency_us, response=response, told=self.told)


def begin(
    method: Method, digest: hashlib._Hash, conceal: Callable[[str], str], context: Context, peer_of: PeerOf
) -> Begun:
    """Return the call that has just arrived; nothing of its caller is known yet but what *peer_of* reads."""
    auth, peer = peer_of(context)
    return Begun(method, digest, conceal, context, auth, unidentified(auth, peer))
