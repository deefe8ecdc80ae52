"""What a method is to the endpoint: what it is called with, what it answers, and who may call it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import listing_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from google.protobuf.message import Message

    from gateway.domain.agencies import Agency, Role
    from gateway.domain.audit import Position
    from gateway.domain.call_record import CallerSeen


PACKAGE = "/jointsanctions.v1."
"""Before a method's name: its path on the wire."""


async def _at_once() -> None:
    pass


@dataclass(slots=True)
class Call:
    """One call under way: who makes it, and what is already known to be recorded of it.

    A method adds to ``told`` as it understands the request, so that a refusal is recorded with all that was
    understood before it.
    """

    seen: CallerSeen
    agency: Agency
    now: datetime
    """The present of the whole call, UTC: at it the certificate was judged, and all else is."""
    told: dict[str, object] = field(default_factory=dict)
    turn: Callable[[], Awaitable[None]] = _at_once
    """Lets the calls of others begin: for a method to await between parts of long work."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a method answers: the message without its audit position, and the lines of a batch.

    ``place_lines`` puts the lines' hashes into the message, once they are known; ``prove`` what can only be known once
    its entry is durable, such as a receipt, and it waits for that within bounds. Neither is in the hash on record.
    """

    message: Message
    lines: Sequence[Mapping[str, object]] = ()
    place_lines: Callable[[Any, Sequence[bytes]], None] | None = None
    prove: Callable[[Any, Position], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class FeedMessage:
    """One message of a feed, without its audit position.

    ``told`` is what the record of its delivery says of it; None for one that tells nothing of anybody, which is not
    recorded.
    """

    message: Message
    told: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC: its name like "CreditService/CheckEligibility", who may call it, and what it does.

    ``run`` takes a parsed request; ``run_stream`` an iterator of them; ``run_feed`` answers one request with messages
    until the caller leaves. Exactly one is set.
    """

    name: str
    request: type[Message]
    roles: frozenset[Role]
    run: Callable[[Any, Call], Awaitable[Reply]] | None = None
    run_stream: Callable[[AsyncIterator[Any], Call], Awaitable[Reply]] | None = None
    run_feed: Callable[[Any, Call], AsyncGenerator[FeedMessage]] | None = None
    recorded: Callable[[Mapping[str, object], int], Awaitable[None]] | None = None
    """For methods that store: called with what was told and the entry's number once it is durable."""

    @property
    def streams(self) -> bool:
        """It stays open: a stream of requests, or of answers."""
        return self.run_stream is not None or self.run_feed is not None


@cache
def names_persons(request: Any) -> bool:  # noqa: ANN401 - a descriptor: the runtime has two implementations of it
    """Return whether a message of this descriptor has a place, however deep, for the number of a person's document."""
    seen, waiting = set(), [request]
    while waiting:
        message = waiting.pop()
        if message is listing_pb2.PersonRef.DESCRIPTOR:
            return True
        if message not in seen:
            seen.add(message)
            waiting += [field.message_type for field in message.fields if field.message_type is not None]
    return False
