"""What a trace tells of a call: how long each of its parts took, and a few words from closed lists.

Nothing that names anybody is in it: no enterprise, no officer, no case, no caller, no place in the record. Whatever is
told of a call comes through ``_said``, which takes members of closed lists and nothing else, so that a text that a
caller sent has no way in. Of what a caller's ``traceparent`` says the two ids are linked to; whether a call is traced
is decided here alone, before anything of it is read.

How traces are written is in ``otlp``, how they leave in ``trace_export``.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from formats.resident_ids import find_resident_id
from gateway.domain.call_record import OK
from gateway.domain.vocabulary import Area, DecisionPoint, Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence

    from gateway.domain.vocabulary import Word
    from gateway.rpc.begun import Begun, Context

AUTHORISE: Final = "authorise"
"""Certificate, role, mandate, quota and turn."""
DECIDE: Final = "decide"
"""Reading the request, and what the method does."""
RECORD: Final = "record"
"""Writing the answer, and numbering and sealing its entry."""
COMMIT: Final = "commit"
"""Waiting until the entry is on disk."""
PROVE: Final = "prove"
"""What can only be known then: a mark in the store, a receipt."""
_TOLD: Final[Mapping[str, tuple[str, type[Word]]]] = {
    "area": ("jsg.area", Area),
    "point": ("jsg.decision_point", DecisionPoint),
    "verdict": ("jsg.verdict", Verdict),
}
ATTRIBUTES: Final = ("rpc.system", "rpc.method", "jsg.outcome", *(name for name, _ in _TOLD.values()))
"""All that a span can say beside times."""
_PARENT: Final = re.compile(r"00-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-[0-9a-f]{2}")
_EVERY: Final = 2**64


@dataclass(frozen=True, slots=True)
class EndedCall:
    """One traced call. Instants are those of ``time.perf_counter_ns``."""

    trace_id: bytes
    """16 bytes, drawn at random here."""
    link: tuple[bytes, bytes] | None
    """The caller's trace (16 bytes) and span (8 bytes), unproven; None when it named none."""
    method: str
    outcome: str
    """As the record says it."""
    attributes: Mapping[str, str]
    started: int
    ended: int
    parts: Sequence[tuple[str, int]]
    """What was done, in order, and when each was over; where a call ended early, the rest is missing."""


class Sink(Protocol):
    """Where traces go."""

    def put(self, call: EndedCall) -> None:
        """Take a call, or drop it; returns at once and raises nothing."""


@dataclass(slots=True)
class CallTrace:
    """The trace of a call that is under way."""

    sink: Sink
    trace_id: bytes
    link: tuple[bytes, bytes] | None
    parts: list[tuple[str, int]] = field(default_factory=list)

    def passed(self, part: str) -> None:
        """Note that a part is over."""
        self.parts.append((part, time.perf_counter_ns()))

    def end(self, begun: Begun) -> None:
        """Hand the call over as it ended."""
        outcome = begun.outcome or OK
        attributes = dict(_said(begun, outcome))
        started, ended = begun.started, time.perf_counter_ns()
        self.sink.put(
            EndedCall(self.trace_id, self.link, begun.method.name, outcome, attributes, started, ended, self.parts)
        )


class Traces:
    """Decides which calls are traced."""

    def __init__(self, sink: Sink, ratio: float) -> None:
        """Take where traces go, and the share of calls that are traced, at most 1."""
        self._sink = sink
        self._below = round(ratio * _EVERY)

    def begin(self, context: Context) -> CallTrace | None:
        """Return the trace of a call that has just arrived; None for one that is not traced."""
        trace_id = os.urandom(16)
        if int.from_bytes(trace_id[8:]) >= self._below:
            return None
        return CallTrace(self._sink, trace_id, linked(context.invocation_metadata() or ()))


async def traced_feed(begun: Begun, trace: CallTrace, messages: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Yield the messages of a feed, and hand its trace over when it ends; it says when it began and ended."""
    try:
        async for message in messages:
            yield message
    finally:
        try:
            await messages.aclose()
        finally:
            trace.end(begun)


def linked(metadata: Iterable[tuple[str, str | bytes]]) -> tuple[bytes, bytes] | None:
    """Return trace and span of the first ``traceparent``; None where there is none of that form (W3C Trace Context).

    Ids are bytes that a caller chose, so that one in which a resident's number could stand is none.
    """
    for key, value in metadata:
        if key == "traceparent":
            found = _PARENT.fullmatch(value) if isinstance(value, str) else None
            if found is None or any(find_resident_id(text) for text in found.groups()):
                return None
            trace, span = bytes.fromhex(found["trace"]), bytes.fromhex(found["span"])
            return (trace, span) if any(trace) and any(span) else None
    return None


def _said(begun: Begun, outcome: str) -> Iterator[tuple[str, str]]:
    yield "rpc.system", "grpc"
    yield "rpc.method", begun.method.name
    yield "jsg.outcome", outcome
    for key, (name, words) in _TOLD.items():
        said = begun.told.get(key)
        if isinstance(said, int) and said in words.__members__.values():
            yield name, words(said).name
