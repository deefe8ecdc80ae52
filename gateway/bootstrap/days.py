"""Recording the indexes of days: the integrator makes them, and a serving process has the queue to put them into."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from gateway.bootstrap.looking import Looking
from gateway.bootstrap.timers import while_held

if TYPE_CHECKING:
    from gateway.services.ports.audit import AuditLog
    from gateway.services.ports.days import DayStore
    from gateway.services.ports.leases import Lease

LOOK_SECONDS: Final = 1.0


def recorded_days(days: DayStore, audit: AuditLog, lease: Lease) -> Looking:
    """Return what looks for indexes that no entry holds, and records them as they are stored, while it holds *lease*.

    One that two processes record at once stands in the log twice and says the same twice; the first place counts.
    """

    async def record() -> None:
        for indexed in await asyncio.to_thread(days.to_record):
            position = await audit.record(indexed.draft)
            await asyncio.to_thread(days.recorded, indexed.number, position.writer, position.number)

    return Looking(while_held(lease, record), LOOK_SECONDS, "the index of a day is not recorded")
