"""A thread that looks several times a second whether a store has something newer, for whoever keeps it in memory."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

POLL_SECONDS: Final = 0.1
"""A fraction of the second within which a change must hold everywhere; open streams are judged twice in it."""
logger = logging.getLogger(__name__)


class Following:
    """Calls ``load`` again and again, whatever it raises; ``start`` it, and ``stop`` it at the end."""

    def __init__(self, what: str, load: Callable[[], None], poll_seconds: float = POLL_SECONDS) -> None:
        """Take what is followed, as the log calls it, such as "mandates"; *load* looks once."""
        self._what = what
        self._load = load
        self._poll_seconds = poll_seconds
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to follow."""
        self._thread = threading.Thread(target=self._follow, name=f"{self._what}-index", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Stop following; the thread has ended when this returns."""
        self._stopping.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _follow(self) -> None:
        failing = False
        while not self._stopping.wait(self._poll_seconds):
            try:
                self._load()
            except Exception:
                # Whatever it is, the thread goes on, and nobody is let in once it has lasted.
                if not failing:
                    logger.exception("the %s cannot be read", self._what)
                failing = True
            else:
                if failing:
                    logger.warning("the %s can be read again", self._what)
                failing = False
