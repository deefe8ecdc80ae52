"""Asks again after the pause that the gateway names when a quota was exceeded. It repeats nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

from adapters.errors import GatewayError

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES: Final = 4
"""As often as what is unavailable is asked."""

T = TypeVar("T")


def patiently(seconds: float, ask: Callable[[float], T]) -> T:
    """Return what *ask* returns, which is given the seconds that are left of *seconds*.

    Raises:
        GatewayError: There was no answer; over a quota also when the pause would pass the deadline, or after the last
            try. Its ``retry_after_seconds`` says when to come back.
    """
    ends = time.monotonic() + seconds
    left = seconds
    for _ in range(TRIES - 1):
        try:
            return ask(left)
        except GatewayError as error:
            pause = error.retry_after_seconds
            if pause is None or time.monotonic() + pause >= ends:
                raise
            time.sleep(pause)
        left = ends - time.monotonic()
    return ask(left)
