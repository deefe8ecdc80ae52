"""The machine's clocks behind the port ``Clock``."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """The present, and the seconds since boot."""

    def now(self) -> datetime:
        """Return the present instant, UTC."""
        return datetime.now(UTC)

    def boot_seconds(self) -> float:
        """Return seconds since boot, suspend included: a paused machine must notice how long it was away."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)
