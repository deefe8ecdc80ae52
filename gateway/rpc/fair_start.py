"""Lets calls begin one after another, the agencies in turn: a flood of one delays another by a call or a few.

Deciding a call is CPU of the one event loop. Whatever arrives while a call begins waits in the line of its agency; one
waiting call begins at a time, of the next agency in rotation. Between two of them the loop turns until no more calls
arrive: gRPC hands calls over one by one, in the order of their arrival, and a quiet agency's would else wait there,
behind all of a flood. These turns cost time of the processor; so of an agency that waits alone a few calls begin before
the loop turns again, and whoever is hidden behind it waits for so many. Nothing is held while a call waits for
the disk or the store, so a slow call keeps nobody out. It bounds nothing: that is ``admission``.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

QUIET_TURNS: Final = 20
QUIET_SECONDS: Final = 0.00015
"""Turns of the loop, and seconds, without an arrival after which the next call begins.

Both: the loop's own work between two arrivals takes turns that are long, and a thread of gRPC's takes time to wake up,
in which idle turns are many. Either alone left a flood undrained on one machine or another.
"""
MOST_SECONDS: Final = 0.01
"""After which it begins in any case."""
ALONE: Final = 8
"""Calls of one line that begin, while no other line waits, before it is looked whether a call of another has come."""


class FairStart:
    """The lines of one event loop."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Begin with no lines; *seconds* is a clock that never goes back."""
        self._seconds = seconds
        self._lines: dict[Hashable, deque[asyncio.Future[None]]] = {}
        """In the order of their turns; none is empty."""
        self._turning = False
        self._turns_left = 0
        self._quiet_at = 0.0
        self._most_at = 0.0
        """When the loop stops looking for arrivals: after so many turns and at that moment, or at the last. The last is
        past while it does not look."""
        self._alone = 0
        """Calls that have begun since it was looked."""
        self._begun: Hashable = None
        """Line of the last one."""

    async def turn(self, line: Hashable) -> None:
        """Return when it is the turn of this call in its *line*: at once, when no other has just begun."""
        loop = asyncio.get_running_loop()
        if not self._turning:
            self._turning = True
            self._begin(line)
            return
        self._look_on(self._seconds())
        waiter = loop.create_future()
        self._lines.setdefault(line, deque()).append(waiter)
        await waiter

    def waiting(self, line: Hashable) -> int:
        """Return how many calls wait in *line*."""
        return len(self._lines.get(line, ()))

    def _begin(self, line: Hashable) -> None:
        """Let a call of *line* begin, and the next one after it: once it was looked, or at once where it is alone."""
        self._alone = self._alone + 1 if line == self._begun and not self._lines.keys() - {line} else ALONE
        self._begun = line
        if self._alone >= ALONE:
            self._alone = 0
            asyncio.get_running_loop().call_soon(self._look)
        else:
            asyncio.get_running_loop().call_soon(self._next)

    def _look(self) -> None:
        """Let the loop turn for whoever has not been handed over, from now: the call that began has had its time."""
        now = self._seconds()
        self._most_at = now + MOST_SECONDS
        self._look_on(now)
        asyncio.get_running_loop().call_soon(self._next)

    def _look_on(self, now: float) -> None:
        self._turns_left, self._quiet_at = QUIET_TURNS, now + QUIET_SECONDS

    def _next(self) -> None:
        """Let the first of the next line begin; who went away meanwhile takes nobody's turn."""
        self._turns_left -= 1
        now = self._seconds()
        if (self._turns_left > 0 or now < self._quiet_at) and now < self._most_at:
            asyncio.get_running_loop().call_soon(self._next)
            return
        self._most_at = 0.0
        while self._lines:
            line = next(iter(self._lines))
            waiting = self._lines.pop(line)
            waiter = waiting.popleft()
            if waiting:
                self._lines[line] = waiting
            if not waiter.done():
                waiter.set_result(None)
                self._begin(line)
                return
        self._turning = False
