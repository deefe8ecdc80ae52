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
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable

QUIET_TURNS: Final = 8
"""Turns of the loop without an arrival after which the next call begins: gRPC takes about six to hand one over."""
MOST_TURNS: Final = 96
"""Turns after which it begins in any case."""
ALONE: Final = 8
"""Calls of one line that begin, while no other line waits, before it is looked whether a call of another has come."""


class FairStart:
    """The lines of one event loop."""

    def __init__(self) -> None:
        self._lines: dict[Hashable, deque[asyncio.Future[None]]] = {}
        """In the order of their turns; none is empty."""
        self._turning = False
        self._quiet = 0
        self._left = 0
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
        if self._quiet:
            self._quiet = QUIET_TURNS
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
            self._alone, self._quiet, self._left = 0, QUIET_TURNS, MOST_TURNS
        asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        """Let the first of the next line begin; who went away meanwhile takes nobody's turn."""
        if self._quiet and self._left:
            self._quiet -= 1
            self._left -= 1
            asyncio.get_running_loop().call_soon(self._next)
            return
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
