"""Bounds on the time of a call and on the size and silence of a stream that is sent to us."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import DeadlinePassedError, MalformedRequestError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
    from datetime import timedelta

    from gateway.domain.quotas import LoadLimits
    from gateway.rpc.begun import Context
    from gateway.rpc.method import Reply

LEAST_BYTES: Final = 4 * 1024
"""What a message of a stream counts at least: an empty one is work as well."""


def require_time(context: Context) -> None:
    """Raise ``DeadlinePassedError`` when the caller's deadline has passed: nobody waits for the answer any more."""
    left: float | None = context.time_remaining()  # None without a deadline, which the stubs do not say
    if left is not None and left <= 0:
        raise DeadlinePassedError("the deadline has passed before the call began")


async def in_time(answering: Awaitable[Reply], context: Context, longest: timedelta) -> Reply:
    """Return what is answered; a caller without a deadline gets *longest*. gRPC itself cancels at a caller's own.

    Raises:
        DeadlinePassedError: There was no answer in that time.
    """
    if context.time_remaining() is not None:
        return await answering
    timer = asyncio.timeout(longest.total_seconds())
    try:
        async with timer:
            return await answering
    except TimeoutError as error:
        if not timer.expired():
            raise
        raise DeadlinePassedError(
            "no answer within the longest time of a call that states no deadline",
            seconds=str(int(longest.total_seconds())),
        ) from error


async def steady(messages: AsyncIterator[bytes], load: LoadLimits) -> AsyncGenerator[bytes]:
    """Yield the messages of a stream while it is neither silent for too long nor too large.

    Raises:
        DeadlinePassedError: No message came within ``load.stream_idle``.
        MalformedRequestError: Together they are over ``load.stream_bytes``.
    """
    left = load.stream_bytes
    seconds = load.stream_idle.total_seconds()
    while True:
        try:
            async with asyncio.timeout(seconds):
                message = await anext(messages)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise DeadlinePassedError("the stream was silent for too long", seconds=str(int(seconds))) from error
        left -= max(len(message), LEAST_BYTES)
        if left < 0:
            raise MalformedRequestError("request", f"a stream of over {load.stream_bytes} bytes")
        yield message
