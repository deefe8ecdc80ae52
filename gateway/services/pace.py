"""How long a call of many items works in one go, before the calls of others may begin.

By time and not by items: a turn costs the loop some hundred microseconds, and an item takes ten or a hundred.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

WORK_SECONDS: Final = 0.001
"""Of one go. Whoever comes meanwhile waits for so long at most, and as long again in each call that works before it."""


class Pace:
    """Of one call, from when it begins to work. Ask ``over`` after each item, and await ``turn`` when it says so."""

    def __init__(self, turn: Callable[[], Awaitable[None]], seconds: Callable[[], float] = time.monotonic) -> None:
        """Take what lets others begin, and a clock that never goes back."""
        self._turn = turn
        self._seconds = seconds
        self._until = seconds() + WORK_SECONDS

    def over(self) -> bool:
        """Return whether it has worked for as long as it may in one go."""
        return self._seconds() >= self._until

    async def turn(self) -> None:
        """Let others begin, and work for as long again."""
        await self._turn()
        self._until = self._seconds() + WORK_SECONDS
