"""How far this node's clock is off the store's: compared now and then, and known in between by the boot clock.

Where the database is this machine's own there is one clock, and nothing to compare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.services.ports.register import Clock
    from gateway.storage.history import SqlHistory

COMPARE_SECONDS: Final = 1.0
"""How often the clocks are compared: clocks drift slowly, and the limit is a second."""
PRECISE_SECONDS: Final = 0.5
"""A comparison is off by up to half of what it took. One that took longer replaces none that was quicker: the boot
clock tells better."""


class _Compared(NamedTuple):
    """One comparison of this node's clock with the store's."""

    skew: float
    now: datetime
    boot_seconds: float
    took: float
    """Seconds from asking the store to its answer."""


class ClockSkew:
    """Compared by one thread, and read by any."""

    def __init__(self, history: SqlHistory, clock: Clock) -> None:
        self._history = history
        self._clock = clock
        self._compared: _Compared | None = None
        self._compared_at = float("-inf")

    def seconds(self) -> float:
        """Return seconds by which this node's clock is ahead of the store's; 0 on one machine.

        That is what it was when last compared, and whatever this node's clock has been moved by since: the boot clock
        is not moved with it.
        """
        compared = self._compared
        if compared is None:
            return 0.0
        passed = (self._clock.now() - compared.now).total_seconds()
        return compared.skew + passed - (self._clock.boot_seconds() - compared.boot_seconds)

    def compare(self) -> None:
        """Compare the clocks, unless that was done within the last second. Blocking.

        Raises:
            StoreUnavailableError: The database failed.
        """
        boot_seconds = self._clock.boot_seconds()
        if boot_seconds - self._compared_at < COMPARE_SECONDS:
            return
        self._compared_at = boot_seconds
        before = self._clock.now()
        store = self._history.store_clock()
        if store is not None:
            after = self._clock.now()
            took = self._clock.boot_seconds() - boot_seconds
            # What the node's clock was moved by meanwhile would count half.
            moved = abs((after - before).total_seconds() - took) > PRECISE_SECONDS
            if self._compared is not None and (moved or took > max(PRECISE_SECONDS, self._compared.took)):
                return
            skew = (before + (after - before) / 2 - store).total_seconds()
            self._compared = _Compared(skew, after, self._clock.boot_seconds(), took)
