"""Asks again over a quota, after the pause that the gateway names, and what was unavailable where gRPC may not.

It repeats nothing else.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

import grpc

from adapters.errors import GatewayError

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES: Final = 4
"""As often as what is unavailable is asked."""
FIRST_PAUSE_SECONDS: Final = 0.1
"""Before what was unavailable is asked again; each further pause is twice as long."""

T = TypeVar("T")


def patiently(seconds: float, ask: Callable[[float], T], *, unavailable: bool = False) -> T:
    """Return what *ask* returns, which is given the seconds that are left of *seconds*.

    With *unavailable*, ``UNAVAILABLE`` is asked again as well: for calls that gRPC itself may not repeat.

    Raises:
        GatewayError: There was no answer; over a quota also when the pause would pass the deadline, or after the last
            try. Its ``retry_after_seconds`` says when to come back.
    """
    ends = time.monotonic() + seconds
    left = seconds
    for number in range(TRIES - 1):
        try:
            return ask(left)
        except GatewayError as error:
            pause = error.retry_after_seconds
            if pause is None and unavailable and error.code is grpc.StatusCode.UNAVAILABLE:
                pause = FIRST_PAUSE_SECONDS * 2**number
            if pause is None or time.monotonic() + pause >= ends:
                raise
            time.sleep(pause)
        left = ends - time.monotonic()
    return ask(left)
