"""The thread of the integrator that indexes days which are over, so that it holds up no checkpoint."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from gateway.integrator.process import DaySaid

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.services.index_days import IndexDays
    from gateway.services.ports.register import Clock

LOOK_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 60.0
"""After a fault."""


class IndexedDays:
    """Indexes for as long as the process lives."""

    def __init__(self, index: IndexDays, clock: Clock, tell: Callable[[DaySaid], None]) -> None:
        """Begin at once; *tell* is told of every day that is indexed, and of what keeps one from it."""
        self._index = index
        self._clock = clock
        self._tell = tell
        self._pause = threading.Event()
        threading.Thread(target=self._keep, name="days", daemon=True).start()

    def _keep(self) -> None:
        while True:
            self._pause.wait(self._look())

    def _look(self) -> float:
        """Index all that is due; return after how many seconds to look again."""
        try:
            while indexed := self._index.next(self._clock):
                self._tell(DaySaid(indexed.day.isoformat(), ""))
        except Exception as error:  # noqa: BLE001 - whatever the cause, the next look must come, and be told of this one
            self._tell(DaySaid("", f"{type(error).__name__}: {error}"))
            return AGAIN_SECONDS
        return LOOK_SECONDS
