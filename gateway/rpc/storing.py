"""Methods that store do so under a right clock alone (``right_clock``); those that only answer say that they doubt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from gateway.rpc.method import Call, Method, Reply
    from gateway.services.right_clock import RightClock

M = TypeVar("M")
"""A method's request, or the stream of them."""


def under_a_right_clock(methods: Iterable[Method], clock: RightClock) -> list[Method]:
    """Return the methods; those that store refuse with ``StoreUnavailableError`` while the clock is not right.

    Who calls has been judged by then, and of a call with one request its format.
    """
    return [method if method.recorded is None else _guarded(method, clock) for method in methods]


def _guarded(method: Method, clock: RightClock) -> Method:
    if method.run is not None:
        return replace(method, run=_after(clock, method.run))
    if method.run_stream is not None:
        return replace(method, run_stream=_after(clock, method.run_stream))
    raise ValueError(f"{method.name} stores and answers with a feed: it would have to be guarded, too")


def _after(clock: RightClock, run: Callable[[M, Call], Awaitable[Reply]]) -> Callable[[M, Call], Awaitable[Reply]]:
    async def guarded(request: M, call: Call) -> Reply:
        clock.require()
        return await run(request, call)

    return guarded
