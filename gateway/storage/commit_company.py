"""Whether a commit waits for more entries to share it: only where many calls are under way, and never for long.

A commit costs a sync and some hundred microseconds of the processor, however many entries it carries. Where many calls
are under way others will want one at once, and every call waits for its turn at the processor anyway. So the first
entry waits then until half of them have one, for ``GATHER_SECONDS`` at most; where few are under way it waits for
nobody.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

GATHER_SECONDS: Final = 0.01
MANY: Final = 16
"""Calls under way from which on a commit waits."""


class Company:
    """What the event loop tells the thread that commits. ``came`` is for the one, ``gather`` for the other."""

    def __init__(self, seconds: float = GATHER_SECONDS) -> None:
        """Begin with no calls under way; *seconds* is the longest wait."""
        self._seconds = seconds
        self._expected = 0
        self._enough = threading.Event()

    def came(self, waiting: int, under_way: int) -> None:
        """Say that an entry came: so many wait for a commit now, of so many calls that are under way."""
        self._expected = under_way
        if waiting * 2 >= under_way:
            self._enough.set()

    def gather(self, waiting: Callable[[], int]) -> None:
        """Wait until half of the calls under way have an entry, as *waiting* counts them; not where they are few."""
        self._enough.clear()
        if self._expected >= MANY and waiting() * 2 < self._expected:
            self._enough.wait(self._seconds)
