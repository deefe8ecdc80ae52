"""Replaying a sample of the day's decisions every night, and telling who runs the gateway when one differs.

It runs in the first worker's process of the node that holds the lease of what is due by the clock, in a thread of its
own and one decision after another; the loop that answers only waits for it. What came of it is an entry of the record.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from formats.civil import SHANGHAI
from gateway.domain.audit import Draft
from gateway.domain.errors import GatewayError
from gateway.domain.status import ReplayFigures
from gateway.rpc.replay import told_run

if TYPE_CHECKING:
    from datetime import date, datetime

    from gateway.services.ports.audit import AuditLog
    from gateway.services.ports.leases import Lease
    from gateway.services.ports.register import Clock
    from gateway.services.replay_sample import ReplaySample, SampleRun
    from gateway.settings.replaying import ReplaySettings

METHOD: Final = "AuditService"
OUTCOME: Final = "DECISIONS_REPLAYED"
"""Outcome of the entry that says what came of a night's sample."""
LOOK_SECONDS: Final = 10.0
DAY: Final = timedelta(days=1)
logger: Final = logging.getLogger(__name__)


class NightlyReplay:
    """Runs the sample once a night at a civil time, and remembers the last result."""

    def __init__(
        self, settings: ReplaySettings, sample: ReplaySample, audit: AuditLog, clock: Clock, lease: Lease
    ) -> None:
        self._settings = settings
        self._sample = sample
        self._audit = audit
        self._clock = clock
        self._lease = lease
        self._done_on = self._due_day(clock.now())
        self._figures = ReplayFigures()
        self._task: asyncio.Task[None] | None = None
        self._running: asyncio.Task[SampleRun | None] | None = None

    def figures(self) -> ReplayFigures:
        """Return what came of the last run; all zero before the first."""
        return self._figures

    def start(self) -> None:
        """Begin to wait for the night. Call it on the event loop."""
        if self._settings.sample:
            self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """End; a run that is under way is carried to its end, and its entry is written."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if self._running is not None:
            await asyncio.gather(self._running, return_exceptions=True)

    async def look(self) -> SampleRun | None:
        """Run the sample when its time has come and it has not run since; None when there is nothing to do here.

        Raises:
            AuditUnavailableError, StoreUnavailableError: It is tried again at the next look.
        """
        now = self._clock.now()
        due = self._due_day(now)
        if due <= self._done_on or not await asyncio.to_thread(self._lease.hold):
            return None
        run = await asyncio.to_thread(self._sample, self._settings.sample, now - DAY)
        body = {"method": METHOD, "outcome": OUTCOME, "caller": {}, "replay": told_run(run)}
        await self._audit.record(Draft(body))
        self._done_on = due
        self._figures = ReplayFigures(now, run.replayed, run.different)
        tell = logger.error if run.different else logger.info
        named = ", ".join(f"{each.place}: {each.result.name}" for each in run.named)
        tell("%d past decisions were replayed, %d differ: %s", run.replayed, run.different, named or "none to be named")
        return run

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                self._running = asyncio.create_task(self.look())
                await asyncio.shield(self._running)
            except GatewayError as error:
                logger.warning("past decisions cannot be replayed, and will be tried again: %s", error)
            except Exception:
                # Whatever it is, answering goes on; the next night is another.
                logger.exception("past decisions cannot be replayed")
                self._done_on = self._due_day(self._clock.now())

    def _due_day(self, now: datetime) -> date:
        """Return the civil day of the newest time at which a sample was due."""
        local = now.astimezone(SHANGHAI)
        return local.date() if local.time() >= self._settings.at else local.date() - DAY
