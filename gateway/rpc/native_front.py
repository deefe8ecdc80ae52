"""Calls of a few unary methods off a Unix socket whose HTTP/2 is spoken in Rust, outside the interpreter's lock.

The handlers are those of gRPC's own server. The library under this (``pygrpc-native``) bounds neither the size of a
message nor what a compressed one unpacks to: it may listen behind the edge alone, which does
(``gateway.bootstrap.envoy_calls``). And it does not tell when an answer was taken, so that an answer leaves the quota
once it is handed over: it is for methods with small answers.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Final, NoReturn

import grpc
import grpc.aio
from pygrpc_native import EVENT_CANCEL, NativeGrpcFront

from gateway.rpc.edge_terms import EDGE_PUSHBACK, PUSHBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Metadata = Sequence[tuple[str, str | bytes]]
    Handler = grpc.RpcMethodHandler[Any, Any]

STREAMS: Final = 4096
"""Calls at once on one connection of the proxy, which brings those of all callers; ``in_flight`` is less."""
EVENTS: Final = 64
LINGER_SECONDS: Final = 0.25
"""From the last answer to the end of the socket: a proxy of the same machine takes milliseconds, and nobody tells."""
_log: Final = logging.getLogger(__name__)


class EndedError(Exception):
    """A handler ended its call with a status."""

    def __init__(self, code: grpc.StatusCode, details: str, trailers: Metadata) -> None:
        super().__init__(details)
        self.code = code
        self.details = details
        self.trailers = [(EDGE_PUSHBACK if name == PUSHBACK else name, value) for name, value in trailers]


class FrontContext:
    """What the handlers of ours need of gRPC's ``ServicerContext``, of one call."""

    def __init__(self, metadata: Metadata, peer: str, left: float | None) -> None:
        """Take the call as the library tells of it; *left* are the seconds until its deadline, None without one."""
        self._metadata = metadata
        self._peer = peer
        self._until = None if left is None else time.monotonic() + left
        self._callbacks: list[Callable[[Any], None]] = []

    def invocation_metadata(self) -> Metadata:
        """Return what came before the request; values of names in ``-bin`` are bytes."""
        return self._metadata

    def auth_context(self) -> Mapping[str, Sequence[bytes]]:
        """Return nothing: no handshake was made on the socket."""
        return {}

    def peer(self) -> str:
        """Return the socket."""
        return self._peer

    def time_remaining(self) -> float | None:
        """Return the seconds until the caller's deadline; None without one."""
        return None if self._until is None else self._until - time.monotonic()

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        """Call *callback* once the call has ended, however it did."""
        self._callbacks.append(callback)

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Metadata = ()) -> NoReturn:
        """End the call with this status."""
        raise EndedError(code, details, trailing_metadata)

    def end(self) -> None:
        """Call whoever waits for the end."""
        for callback in self._callbacks:
            callback(self)


class NativeFront:
    """Serves unary methods on one Unix socket. Use it from one event loop."""

    def __init__(self, path: str, handlers: Mapping[str, Handler], in_flight: int, metadata_bytes: int) -> None:
        """Bind *path*, replacing a socket that is there; nothing is taken before ``start``.

        Args:
            path: Of the socket.
            handlers: By path on the wire, unary ones that take and return bytes.
            in_flight: Calls at once; more are refused with RESOURCE_EXHAUSTED.
            metadata_bytes: Of one call, at most.

        Raises:
            OSError: The socket cannot be had.
        """
        self._handlers = list(handlers.values())
        self._front = NativeGrpcFront(
            f"unix:{path}",
            [(name, False) for name in handlers],
            io_threads=1,
            call_details=True,
            max_concurrent_streams=STREAMS,
            max_metadata_size=metadata_bytes,
        )
        self._in_flight = in_flight
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._stopping = False
        self._arrived: list[tuple[Any, ...]] = []
        self._lock = threading.Lock()

    def start(self) -> None:
        """Take calls from now on, in the event loop that runs."""
        self._front.start()
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._dispatch, args=(loop,), name="edge-front", daemon=True).start()

    async def stop(self, grace_seconds: float) -> None:
        """Refuse new calls, let those under way finish within the grace, and close the socket."""
        self._stopping = True
        if self._calls:
            await asyncio.wait(self._calls.values(), timeout=grace_seconds)
        left = list(self._calls.values())
        for call in left:
            call.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        # Answers are on record by now and were handed over; closing cuts off what the proxy has not taken yet.
        await asyncio.sleep(LINGER_SECONDS)
        await asyncio.to_thread(self._front.close)

    def _dispatch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Bring what arrives to the loop until the front is closed; in a thread of its own."""
        while (events := self._front.recv_batch_details(EVENTS)) is not None:
            with self._lock:
                waits = bool(self._arrived)
                self._arrived += events
            if not waits:
                loop.call_soon_threadsafe(self._take)

    def _take(self) -> None:
        """Begin what has arrived since the last time; a call that was reset meanwhile was never there."""
        with self._lock:
            events, self._arrived = self._arrived, []
        left = {call for kind, call, *_ in events if kind == EVENT_CANCEL}
        for call in left & self._calls.keys():
            self._calls[call].cancel()  # its caller went away, or its deadline has passed
        for kind, call, method, raw, _, details in events:
            if kind == EVENT_CANCEL or call in left:
                continue
            if self._stopping:
                self._fail(call, grpc.StatusCode.UNAVAILABLE, "the gateway stops")
            elif len(self._calls) >= self._in_flight:
                self._fail(call, grpc.StatusCode.RESOURCE_EXHAUSTED, "too many calls at once")
            else:
                self._begin(call, self._handlers[method], raw, FrontContext(*details))

    def _begin(self, call: int, handler: Handler, raw: bytes, context: FrontContext) -> None:
        def over(_: object) -> None:
            del self._calls[call]
            context.end()

        task = self._calls[call] = asyncio.get_running_loop().create_task(self._run(call, handler, raw, context))
        task.add_done_callback(over)  # and not in the task: one that is cancelled before it began runs none of itself

    async def _run(self, call: int, handler: Handler, raw: bytes, context: FrontContext) -> None:
        answering: Any = handler.unary_unary
        try:
            self._front.respond(call, await answering(raw, context))
        except EndedError as ended:
            self._fail(call, ended.code, ended.details, ended.trailers)
        except asyncio.CancelledError:
            # Heard by nobody unless it is we who stop.
            self._fail(call, grpc.StatusCode.UNAVAILABLE, "the gateway stops")
        except Exception:  # noqa: BLE001 - as gRPC does: logged, never shown
            _log.exception("a handler behind the edge failed")
            self._fail(call, grpc.StatusCode.UNKNOWN, "")

    def _fail(self, call: int, code: grpc.StatusCode, details: str, trailers: Metadata = ()) -> None:
        self._front.fail(call, code.value[0], details, trailing_metadata=trailers)
