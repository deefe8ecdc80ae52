"""Calls answered with messages until their caller leaves: each message is recorded before, and taken in time."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gateway.domain.audit import Draft
from gateway.domain.call_record import OK, body_of
from gateway.domain.errors import DeadlinePassedError, GatewayError
from gateway.rpc.answers import position_bytes
from gateway.rpc.errors import code_of, trailers_of
from gateway.rpc.reading import RequestReader
from gateway.rpc.still_admitted import sent_while_admitted
from gateway.rpc.traces import AUTHORISE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from datetime import timedelta

    from gateway.rpc.begun import Begun, Context
    from gateway.rpc.entrance import Entrance
    from gateway.rpc.identity import Identity
    from gateway.rpc.method import FeedMessage
    from gateway.rpc.unanswered import Unanswered
    from gateway.services.ports.audit import AuditLog

READER_TOO_SLOW: Final = "READER_TOO_SLOW"
"""Outcome of a stream whose reader did not take a message in time: it was cut."""
_log: Final = logging.getLogger(__name__)


class Feeds:
    """The feeds of one serving process. Use it from one event loop."""

    def __init__(
        self,
        identity: Identity,
        entrance: Entrance,
        audit: AuditLog,
        unanswered: Unanswered,
        slow_reader: timedelta,
    ) -> None:
        """Take the ports; a reader that takes longer than *slow_reader* over a message is cut."""
        self._identity = identity
        self._entrance = entrance
        self._audit = audit
        self._unanswered = unanswered
        self._slow_reader = slow_reader
        self._cutting: set[asyncio.Future[None]] = set()
        self._ending = asyncio.Event()

    def end(self) -> None:
        """End every feed in good order; its caller opens it again, elsewhere, after the last message that it has."""
        self._ending.set()

    async def serve(self, begun: Begun, raw: bytes) -> AsyncGenerator[bytes]:
        """Yield the messages as they leave; ends in an abort with the mapped status when it is refused or fails."""
        ended: GatewayError
        try:
            call = await self._entrance.enter(begun)
            begun.passed(AUTHORISE)
            assert begun.method.run_feed is not None  # noqa: S101 - Method says so
            request = RequestReader(self._identity, begun, call).read(raw)
            messages = begun.method.run_feed(request, call)
            async with aclosing(sent_while_admitted(messages, begun, self._entrance, self._ending)) as admitted:
                async for message in admitted:
                    sent = await self._deliver(message, begun)
                    with self._read_in_time(begun):
                        yield sent
        except GatewayError as error:
            ended = await self._unanswered.refused(error, begun)
        except (asyncio.CancelledError, GeneratorExit):
            self._unanswered.departed(begun)
            raise
        except Exception:  # noqa: BLE001 - as for every call
            ended = await self._unanswered.unexpected(begun)
        else:
            return
        finally:
            begun.give_back()
        await begun.context.abort(code_of(ended), ended.message, trailers_of(ended))

    async def _deliver(self, message: FeedMessage, begun: Begun) -> bytes:
        """Return the message as it leaves; whatever tells of somebody is on disk by then."""
        plain = message.message.SerializeToString(deterministic=True)
        if message.told is None:
            return plain
        record = begun.record(OK, hashlib.sha256(plain).hexdigest())
        position = await self._audit.record(Draft(body_of(replace(record, told={**begun.told, **message.told}))))
        return plain + position_bytes(message.message, position)

    @contextmanager
    def _read_in_time(self, begun: Begun) -> Iterator[None]:
        """Cut a stream whose reader does not take the message that is yielded: it would be kept for it for ever."""
        task = asyncio.current_task()

        def cut() -> None:
            self._unanswered.departed(begun, READER_TOO_SLOW)
            # It keeps its place in the quota until its reader has taken the message and the status, or is gone.
            leave, begun.leave = begun.leave, None
            ending = asyncio.ensure_future(_cut_off(begun.context, leave))
            self._cutting.add(ending)
            ending.add_done_callback(self._cutting.discard)
            if task is not None:
                task.cancel()

        timer = asyncio.get_running_loop().call_later(self._slow_reader.total_seconds(), cut)
        try:
            yield
        finally:
            timer.cancel()


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
