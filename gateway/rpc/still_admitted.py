"""Streams stay open only while their caller is still one that may call: judged with each message, and every second."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from gateway.rpc.entrance import ADMIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from gateway.rpc.begun import Begun
    from gateway.rpc.entrance import Entrance
    from gateway.rpc.method import FeedMessage


async def sent_while_admitted(
    messages: AsyncGenerator[FeedMessage], begun: Begun, entrance: Entrance, end: asyncio.Event
) -> AsyncGenerator[FeedMessage]:
    """Pass a feed's messages on while its caller may call, until *end* is set; raises what ``admit`` raises."""
    ending = asyncio.ensure_future(end.wait())
    coming: asyncio.Future[FeedMessage] | None = None
    try:
        while not ending.done():
            coming = coming or asyncio.ensure_future(anext(messages))
            waiting: set[asyncio.Future[Any]] = {coming, ending}
            await asyncio.wait(waiting, timeout=ADMIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            entrance.admit(begun)
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


async def taken_while_admitted(raws: AsyncIterator[bytes], begun: Begun, entrance: Entrance) -> AsyncGenerator[bytes]:
    """Take a stream's messages in while its caller may call, however long it is silent between them."""
    coming: asyncio.Future[bytes] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(raws))
            await asyncio.wait({coming}, timeout=ADMIT_SECONDS)
            entrance.admit(begun)
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
