"""What every call goes through: identify, authorise, decide, record, wait for the disk, answer.

One generic handler takes the raw bytes of every method, known or not, so that a corrupt message is answered and
recorded like any other call, and nothing is served that was not recorded first. A method sees a parsed request and a
caller that it may trust; it cannot be reached any other way.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from google.protobuf.message import DecodeError, Message

from formats.resident_ids import find_resident_id
from gateway.domain.audit import Draft, EntryTooLargeError
from gateway.domain.call_record import KEYED, OK, CallerSeen, CallRecord, body_of
from gateway.domain.errors import (
    DeadlinePassedError,
    GatewayError,
    MalformedRequestError,
    MethodUnknownError,
    UnexpectedError,
)
from gateway.domain.quotas import AS_SHIPPED, LoadLimits
from gateway.rpc.admission import Admission
from gateway.rpc.answers import position_bytes
from gateway.rpc.bounded import in_time, require_time, steady
from gateway.rpc.errors import code_of, trailers_of
from gateway.rpc.identity import unidentified
from gateway.rpc.method import Call, FeedMessage, Method, Reply, names_persons
from gateway.rpc.refusals import Refusals
from gateway.rpc.wire_fault import find_fault

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping

    import grpc

    from gateway.domain.audit import Position
    from gateway.rpc.identity import Identity
    from gateway.services.ports.audit import AuditLog
    from gateway.services.ports.register import Clock

    Context = grpc.aio.ServicerContext[Any, Any]

CANCELLED = "CANCELLED"
"""Outcome of a call whose caller went away before there was an answer."""
READER_TOO_SLOW = "READER_TOO_SLOW"
"""Outcome of a stream whose reader did not take a message in time: it was cut."""
ADMIT_SECONDS = 0.5
"""How often the caller of an open stream is judged anew: a revoked certificate stops working within a second."""
_log = logging.getLogger(__name__)


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
        self._clock = clock
        self._conceal = conceal
        self._load = load
        self._admission = Admission()
        self._refusals = Refusals(audit, clock, load.refusals_in_full)
        self._storing: set[asyncio.Task[bytes | GatewayError]] = set()
        self._cutting: set[asyncio.Future[None]] = set()
        self._ending = asyncio.Event()

    async def unary(self, method: Method, raw: bytes, context: Context) -> bytes:
        """Answer one call; ends in an abort with the mapped status when there is no answer."""

        async def run(call: Call) -> Reply:
            assert method.run is not None  # noqa: S101 - Method says so
            return await method.run(parse(method.request, raw), call)

        return await self._serve(method, hashlib.sha256(raw), run, context)

    async def stream(self, method: Method, raws: AsyncIterator[bytes], context: Context) -> bytes:
        """Answer one client stream; the request hash is over all messages in order."""
        digest = hashlib.sha256()
        auth = context.auth_context()
        judged = _Begun(method, digest, self._conceal, unidentified(auth, context.peer()))

        async def parsed(call: Call) -> AsyncIterator[Message]:
            async with aclosing(self._from_admitted(steady(raws, self._load), judged, auth)) as admitted:
                async for raw in admitted:
                    digest.update(raw)
                    await call.turn()
                    yield parse(method.request, raw)

        async def run(call: Call) -> Reply:
            assert method.run_stream is not None  # noqa: S101 - Method says so
            return await method.run_stream(parsed(call), call)

        return await self._serve(method, digest, run, context)

    async def feed(self, method: Method, raw: bytes, context: Context) -> AsyncGenerator[bytes]:
        """Answer one call with messages: the opening is recorded, and each message before it leaves."""
        auth = context.auth_context()
        begun = _Begun(method, hashlib.sha256(raw), self._conceal, unidentified(auth, context.peer()))
        ended: GatewayError
        try:
            call = await self._enter(begun, auth, context)
            assert method.run_feed is not None  # noqa: S101 - Method says so
            messages = method.run_feed(parse(method.request, raw), call)
            async with aclosing(self._while_admitted(messages, begun, auth)) as admitted:
                async for message in admitted:
                    sent = await self._deliver(message, begun)
                    with self._read_in_time(begun, context):
                        yield sent
        except GatewayError as error:
            ended = await self._refused(error, begun)
        except (asyncio.CancelledError, GeneratorExit):
            self._departed(begun)
            raise
        except Exception:  # noqa: BLE001 - as for every call
            ended = await self._unexpected(begun)
        else:
            return
        finally:
            begun.give_back()
        await context.abort(code_of(ended), ended.message, trailers_of(ended))

    @contextmanager
    def _read_in_time(self, begun: _Begun, context: Context) -> Iterator[None]:
        """Cut a stream whose reader does not take the message that is yielded: it would be kept for it for ever."""
        task = asyncio.current_task()

        def cut() -> None:
            self._departed(begun, READER_TOO_SLOW)
            # It keeps its place in the quota until its reader has taken the message and the status, or is gone.
            leave, begun.leave = begun.leave, None
            ending = asyncio.ensure_future(_cut_off(context, leave))
            self._cutting.add(ending)
            ending.add_done_callback(self._cutting.discard)
            if task is not None:
                task.cancel()

        timer = asyncio.get_running_loop().call_later(self._load.slow_reader.total_seconds(), cut)
        try:
            yield
        finally:
            timer.cancel()

    def under_way(self) -> tuple[int, int]:
        """Return how many admitted calls are in flight, and how many of them are streams."""
        return self._admission.under_way()

    def end_feeds(self) -> None:
        """End every feed in good order; its caller opens it again, elsewhere, after the last message that it has."""
        self._ending.set()

    async def _while_admitted(
        self, messages: AsyncGenerator[FeedMessage], begun: _Begun, auth: Mapping[str, Iterable[bytes]]
    ) -> AsyncGenerator[FeedMessage]:
        """Pass messages on while the caller is still one that may call: judged before each, and every second."""
        ending = asyncio.ensure_future(self._ending.wait())
        coming: asyncio.Future[FeedMessage] | None = None
        try:
            while not ending.done():
                coming = coming or asyncio.ensure_future(anext(messages))
                waiting: set[asyncio.Future[Any]] = {coming, ending}
                await asyncio.wait(waiting, timeout=ADMIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                self._admit(begun, auth)
                if coming.done():
                    try:
                        message = coming.result()
                    except StopAsyncIteration:
                        return
                    coming = None
                    begun.started = time.perf_counter_ns()
                    yield message
        finally:
            ending.cancel()
            if coming is not None:
                coming.cancel()
                await asyncio.wait({coming})
            await messages.aclose()

    async def _from_admitted(
        self, raws: AsyncIterator[bytes], judged: _Begun, auth: Mapping[str, Iterable[bytes]]
    ) -> AsyncGenerator[bytes]:
        """Take messages in while the caller is still one that may call, however long it is silent between them."""
        coming: asyncio.Future[bytes] | None = None
        try:
            while True:
                coming = coming or asyncio.ensure_future(anext(raws))
                await asyncio.wait({coming}, timeout=ADMIT_SECONDS)
                self._admit(judged, auth)
                if coming.done():
                    try:
                        raw = coming.result()
                    except StopAsyncIteration:
                        return
                    coming = None
                    yield raw
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.wait({coming})

    async def _deliver(self, message: FeedMessage, begun: _Begun) -> bytes:
        """Return the message as it leaves; whatever tells of somebody is on disk by then."""
        plain = message.message.SerializeToString(deterministic=True)
        if message.told is None:
            return plain
        record = begun.record(OK, hashlib.sha256(plain).hexdigest())
        position = await self._audit.record(Draft(body_of(replace(record, told={**begun.told, **message.told}))))
        return plain + position_bytes(message.message, position)

    async def unknown(self, path: str, raw: bytes, context: Context) -> bytes:
        """Record the probe of a method that does not exist, and refuse it."""

        async def run(call: Call) -> Reply:
            shown = path[:200] if find_resident_id(path) is None else ""
            if shown:
                call.told["path"] = shown
            raise MethodUnknownError("there is no such method", method=shown)

        return await self._serve(Method("unknown", Message, frozenset()), hashlib.sha256(raw), run, context)

    async def settle(self) -> None:
        """Wait until whatever calls have begun to store, or was counted, is recorded; take no new calls before."""
        await asyncio.gather(*self._storing)
        await self._refusals.close()

    async def _serve(
        self, method: Method, digest: hashlib._Hash, run: Callable[[Call], Awaitable[Reply]], context: Context
    ) -> bytes:
        auth = context.auth_context()
        begun = _Begun(method, digest, self._conceal, unidentified(auth, context.peer()))
        if method.recorded is None:
            ended = await self._through(begun, run, auth, context)
        else:
            # A caller that goes away must not leave facts without their entry.
            task = asyncio.create_task(self._through(begun, run, auth, context))
            self._storing.add(task)
            task.add_done_callback(self._storing.discard)
            ended = await asyncio.shield(task)
        if not isinstance(ended, GatewayError):
            return ended
        await context.abort(code_of(ended), ended.message, trailers_of(ended))
        raise AssertionError("abort always raises")

    async def _through(
        self,
        begun: _Begun,
        run: Callable[[Call], Awaitable[Reply]],
        auth: Mapping[str, Iterable[bytes]],
        context: Context,
    ) -> bytes | GatewayError:
        """Return the answer, or why there is none; either is recorded, and so is a caller that went away."""
        waiter: Awaitable[Position] | None = None
        try:
            call = await self._enter(begun, auth, context)
            answering = run(call)
            stores = begun.method.recorded is not None
            reply = await (answering if stores else in_time(answering, context, self._load.longest_call))
            if time.perf_counter_ns() - begun.started > ADMIT_SECONDS * 1e9:
                self._admit(begun, auth)  # revoked or expired meanwhile: it is not told what was found for it
            plain = reply.message.SerializeToString(deterministic=True)
            record = begun.record(OK, hashlib.sha256(plain).hexdigest())
            waiter = self._audit.record(Draft(body_of(record), reply.lines))
            position = await waiter
        except GatewayError as error:
            return await self._refused(error, begun)
        except asyncio.CancelledError:
            if waiter is None:
                self._departed(begun)
            raise
        except Exception:  # noqa: BLE001 - the last line of defence: recorded, logged, never shown
            return await self._unexpected(begun)
        finally:
            begun.give_back()
        await _mark(begun, position)
        return _answer(reply, plain, position)

    async def _enter(self, begun: _Begun, auth: Mapping[str, Iterable[bytes]], context: Context) -> Call:
        """Return the call when it is its turn to begin: admitted, within the quota, and still waited for.

        Refused calls wait for their turn too, so that a flood of them keeps nobody waiting.
        """
        streams = begun.method.streams
        try:
            call = self._admit(begun, auth)
            self._admission.enter(call.agency, call.now, stream=streams)
        except GatewayError:
            await self._admission.turn_of_refused(begun.seen)
            raise
        leave = partial(self._admission.leave, call.agency, stream=streams)
        if begun.method.recorded is None and not streams:
            # What is answered is held until its caller has taken it.
            context.add_done_callback(lambda _: leave())  # type: ignore[arg-type]
        else:
            begun.leave = leave
        await call.turn()
        require_time(context)
        return call

    def _admit(self, begun: _Begun, auth: Mapping[str, Iterable[bytes]]) -> Call:
        """Return the call, once certificate, role and mandate have been checked; raises what they raise."""
        method = begun.method
        now = self._clock.now()
        begun.seen = self._identity.see(auth, begun.seen.peer, now)
        agency = self._identity.mandate(begun.seen)
        if method.roles:
            agency.require_role(method.roles, method.name)
        agency.require_in_force(now)
        return Call(begun.seen, agency, now, begun.told, partial(self._admission.turn, begun.seen))

    async def _unexpected(self, begun: _Begun) -> GatewayError:
        """Log the exception under way and record the call as failed."""
        failure = UnexpectedError("an unexpected fault of the gateway", incident=uuid4().hex)
        _log.exception("unexpected fault in %s, incident %s", begun.method.name, failure.metadata["incident"])
        return await self._refused(failure, begun)

    def _departed(self, begun: _Begun, outcome: str = CANCELLED) -> None:
        """Record once that the call ended early; nobody is left to wait for the disk, or to be told that it failed."""
        if begun.departed:
            return
        begun.departed = True
        try:
            self._audit.record(Draft(body_of(begun.record(outcome))))
        except (GatewayError, EntryTooLargeError, ValueError) as error:
            _log.warning("a caller of %s went away, and that is not on record: %s", begun.method.name, error)

    async def _refused(self, failure: GatewayError, begun: _Begun) -> GatewayError:
        """Record the failure, or count it, and return it; what cannot be recorded is UNAVAILABLE."""
        if "revisions" not in begun.told and self._refusals.count(failure, begun.seen, begun.method.name):
            return failure
        record = replace(begun.record(failure.reason), faulty_field=failure.metadata.get("field", ""))
        try:
            try:
                waiter = self._audit.record(Draft(body_of(record)))
            except (EntryTooLargeError, ValueError):
                # Itself a fault of ours, and logged as such; the call is on record without what it asked.
                waiter = self._audit.record(Draft(body_of(replace(record, told={}))))
            position = await waiter
        except GatewayError as unrecorded:
            return unrecorded
        await _mark(begun, position)
        return failure


@dataclass(slots=True)
class _Begun:
    """A call as far as it has come."""

    method: Method
    digest: hashlib._Hash
    conceal: Callable[[str], str]
    seen: CallerSeen
    told: dict[str, object] = field(default_factory=dict)
    started: int = field(default_factory=time.perf_counter_ns)
    departed: bool = False
    leave: Callable[[], None] | None = None
    """Of a stream and of a call that stores: gives its place in the quota back."""

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


async def _cut_off(context: Context, leave: Callable[[], None] | None) -> None:
    """End a stream that nobody reads, behind the message that waits; its place in the quota is free after that."""
    failure = DeadlinePassedError("a message was not taken in time", outcome=READER_TOO_SLOW)
    try:
        await context.abort(code_of(failure), failure.message, trailers_of(failure))
    except Exception as error:  # noqa: BLE001 - abort ends in an exception of gRPC's own; the caller may be gone
        _log.info("a stream was cut, its reader being too slow: %s", type(error).__name__)
    finally:
        if leave is not None:
            leave()


async def _mark(begun: _Begun, position: Position) -> None:
    """Tell the store which entry holds what this call has stored, whether or not the call went well to its end."""
    if begun.method.recorded is None or "revisions" not in begun.told:
        return
    try:
        await begun.method.recorded(begun.told, position.number)
    except GatewayError as error:
        _log.warning("entry %d is not marked in the store, so a restart records it again: %s", position.number, error)


def parse(kind: type[Message], raw: bytes) -> Message:
    """Return the parsed request.

    Raises:
        MalformedRequestError: The bytes are no such message, or hold a field that this version does not know: what
            it would have asked for must not be ignored silently.
    """
    message = kind()
    try:
        message.ParseFromString(raw)
    except DecodeError as error:
        raise MalformedRequestError(*find_fault(kind.DESCRIPTOR, raw)) from error
    size = message.ByteSize()
    message.DiscardUnknownFields()
    if message.ByteSize() != size:
        raise MalformedRequestError(*find_fault(kind.DESCRIPTOR, raw))
    return message


def _answer(reply: Reply, plain: bytes, position: Position) -> bytes:
    """Return the response with its position; protobuf lets a last field simply be appended."""
    if reply.place_lines is not None:
        reply.place_lines(reply.message, position.line_leaves)
        plain = reply.message.SerializeToString(deterministic=True)
    return plain + position_bytes(reply.message, position)
