"""What every call goes through: identify, authorise, decide, record, wait for the disk, answer.

One generic handler takes the raw bytes of every method, known or not, so that a corrupt message is answered and
recorded like any other call, and nothing is served that was not recorded first. A method sees a parsed request and a
caller that it may trust; it cannot be reached any other way. Who may begin is in ``entrance``, calls that are answered
with many messages in ``feeds``, and what becomes of a call without an answer in ``unanswered``.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from contextlib import aclosing
from typing import TYPE_CHECKING

from google.protobuf.message import Message

from formats.resident_ids import find_resident_id
from gateway.domain.audit import Draft
from gateway.domain.call_record import OK, body_of
from gateway.domain.errors import GatewayError, MethodUnknownError
from gateway.domain.quotas import AS_SHIPPED, LoadLimits
from gateway.rpc.answers import position_bytes
from gateway.rpc.begun import begin
from gateway.rpc.bounded import in_time, steady
from gateway.rpc.entrance import ADMIT_SECONDS, Entrance
from gateway.rpc.errors import code_of, trailers_of
from gateway.rpc.feeds import Feeds
from gateway.rpc.method import Call, Method, Reply
from gateway.rpc.reading import RequestReader
from gateway.rpc.still_admitted import taken_while_admitted
from gateway.rpc.traces import AUTHORISE, COMMIT, DECIDE, PROVE, RECORD, traced_feed
from gateway.rpc.unanswered import Unanswered, mark

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    from gateway.domain.audit import Position
    from gateway.rpc.begun import Begun, Context
    from gateway.rpc.identity import Identity
    from gateway.rpc.traces import CallTrace, Traces
    from gateway.services.ports.audit import AuditLog
    from gateway.services.ports.register import Clock

    Run = Callable[[Call], Awaitable[Reply]]


class Endpoint:
    """Runs methods: the only way from the wire to a use case."""

    def __init__(
        self,
        identity: Identity,
        audit: AuditLog,
        clock: Clock,
        conceal: Callable[[str], str],
        load: LoadLimits = AS_SHIPPED,
    ) -> None:
        """Take the ports; *conceal* returns the keyed hash of a digest from which a number could be guessed."""
        self._identity = identity
        self._audit = audit
        self._conceal = conceal
        self._load = load
        self._entrance = Entrance(identity, clock)
        self._unanswered = Unanswered(audit, clock, load.refusals_in_full)
        self._feeds = Feeds(identity, self._entrance, audit, self._unanswered, load.slow_reader)
        self._storing: set[asyncio.Task[bytes | GatewayError]] = set()
        self.traces: Traces | None = None
        """Decides which calls are traced; None where none is."""

    async def unary(self, method: Method, raw: bytes, context: Context) -> bytes:
        """Answer one call; ends in an abort with the mapped status when there is no answer."""
        begun = self._begin(method, hashlib.sha256(raw), context)

        async def run(call: Call) -> Reply:
            assert method.run is not None  # noqa: S101 - Method says so
            return await method.run(RequestReader(self._identity, begun, call).read(raw), call)

        return await self._serve(begun, run)

    async def stream(self, method: Method, raws: AsyncIterator[bytes], context: Context) -> bytes:
        """Answer one client stream; the request hash is over all messages in order."""
        begun = self._begin(method, hashlib.sha256(), context)

        async def parsed(call: Call) -> AsyncIterator[Message]:
            reader = RequestReader(self._identity, begun, call)
            async with aclosing(taken_while_admitted(steady(raws, self._load), begun, self._entrance)) as admitted:
                async for raw in admitted:
                    begun.digest.update(raw)
                    await call.turn()
                    yield reader.read(raw)

        async def run(call: Call) -> Reply:
            assert method.run_stream is not None  # noqa: S101 - Method says so
            return await method.run_stream(parsed(call), call)

        return await self._serve(begun, run)

    def feed(self, method: Method, raw: bytes, context: Context) -> AsyncGenerator[bytes]:
        """Answer one call with messages: the opening is recorded, and each message before it leaves."""
        begun = self._begin(method, hashlib.sha256(raw), context)
        messages = self._feeds.serve(begun, raw)
        return messages if begun.trace is None else traced_feed(begun, begun.trace, messages)

    async def unknown(self, path: str, raw: bytes, context: Context) -> bytes:
        """Record the probe of a method that does not exist, and refuse it."""

        async def run(call: Call) -> Reply:
            shown = path[:200] if find_resident_id(path) is None else ""
            if shown:
                call.told["path"] = shown
            raise MethodUnknownError("there is no such method", method=shown)

        method = Method("unknown", Message, frozenset())
        return await self._serve(self._begin(method, hashlib.sha256(raw), context), run)

    def under_way(self) -> tuple[int, int]:
        """Return how many admitted calls are in flight, and how many of them are streams."""
        return self._entrance.under_way()

    def calls(self) -> int:
        """Return how many admitted calls are in flight that are no streams."""
        return self._entrance.calls()

    def end_feeds(self) -> None:
        """End every feed in good order; its caller opens it again, elsewhere, after the last message that it has."""
        self._feeds.end()

    async def settle(self) -> None:
        """Wait until whatever calls have begun to store, or was counted, is recorded; take no new calls before."""
        await asyncio.gather(*self._storing)
        await self._unanswered.close()

    def _begin(self, method: Method, digest: hashlib._Hash, context: Context) -> Begun:
        begun = begin(method, digest, self._conceal, context, self._identity.peer_of)
        if self.traces is not None:
            begun.trace = self.traces.begin(context)
        return begun

    async def _serve(self, begun: Begun, run: Run) -> bytes:
        answering = self._through(begun, run) if begun.trace is None else self._traced(begun, run, begun.trace)
        if begun.method.recorded is None:
            ended = await answering
        else:
            # A caller that goes away must not leave facts without their entry.
            task = asyncio.create_task(answering)
            self._storing.add(task)
            task.add_done_callback(self._storing.discard)
            ended = await asyncio.shield(task)
        if not isinstance(ended, GatewayError):
            return ended
        await begun.context.abort(code_of(ended), ended.message, trailers_of(ended))
        raise AssertionError("abort always raises")

    async def _traced(self, begun: Begun, run: Run, trace: CallTrace) -> bytes | GatewayError:
        try:
            return await self._through(begun, run)
        finally:
            trace.end(begun)

    async def _through(self, begun: Begun, run: Run) -> bytes | GatewayError:
        """Return the answer, or why there is none; either is recorded, and so is a caller that went away."""
        waiter: Awaitable[Position] | None = None
        try:
            call = await self._entrance.enter(begun)
            begun.passed(AUTHORISE)
            answering = run(call)
            stores = begun.method.recorded is not None
            reply = await (answering if stores else in_time(answering, begun.context, self._load.longest_call))
            if time.perf_counter_ns() - begun.started > ADMIT_SECONDS * 1e9:
                self._entrance.admit(begun)  # revoked or expired meanwhile: it is not told what was found for it
            begun.passed(DECIDE)
            plain = reply.message.SerializeToString(deterministic=True)
            recording = time.perf_counter_ns()
            record = begun.record(OK, hashlib.sha256(plain).hexdigest())
            waiter = self._audit.record(Draft(body_of(record), reply.lines))
            begun.passed(RECORD)
            position = await waiter
            begun.passed(COMMIT)
        except GatewayError as error:
            return await self._unanswered.refused(error, begun)
        except asyncio.CancelledError:
            if waiter is None:
                self._unanswered.departed(begun)
            raise
        except Exception:  # noqa: BLE001 - the last line of defence: recorded, logged, never shown
            return await self._unanswered.unexpected(begun)
        finally:
            begun.give_back()
        await mark(begun, position)
        return await self._told(begun, reply, plain, position, recording)

    async def _told(
        self, begun: Begun, reply: Reply, plain: bytes, position: Position, recording: int
    ) -> bytes | GatewayError:
        """Return the answer as it leaves, which was given for recording at *recording*."""
        if reply.prove is not None:
            await reply.prove(reply.message, position)
            plain = reply.message.SerializeToString(deterministic=True)
        begun.passed(PROVE)
        if begun.method.recorded is None and time.perf_counter_ns() - recording > ADMIT_SECONDS * 1e9:
            try:
                self._entrance.admit(begun)  # the disk was slow, and a revocation is waited for no longer than a second
            except GatewayError as error:
                return await self._unanswered.refused(error, begun)
        return _answer(reply, plain, position)


def _answer(reply: Reply, plain: bytes, position: Position) -> bytes:
    """Return the response with its position; protobuf lets a last field simply be appended."""
    if reply.place_lines is not None:
        reply.place_lines(reply.message, position.line_leaves)
        plain = reply.message.SerializeToString(deterministic=True)
    return plain + position_bytes(reply.message, position)
