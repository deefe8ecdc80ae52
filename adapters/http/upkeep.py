"""What a side-car does by itself, from time to time.

It makes the checks that got no answer (X-10), asks again about wages that went on without one (X-20), reports outcomes
that are owed, and fetches endings (A-128, C-02).
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from adapters.endings import collect_endings
from adapters.errors import GatewayError, NotClearedError
from adapters.http.wage_requests import ask_again
from adapters.outcomes import report_outcomes
from adapters.pending import make_pending
from formats.resident_ids import mask_resident_ids

if TYPE_CHECKING:
    from adapters.http.sidecar import Sidecar

_log = logging.getLogger(__name__)


class Upkeep:
    """Does it from time to time, in a thread of its own, until it is stopped."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._its = sidecar
        self._stop = Event()
        self._thread = Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin: now, and then as often as configured."""
        self._thread.start()

    def stop(self) -> None:
        """Wait until what is under way is done, and end."""
        self._stop.set()
        self._thread.join()

    def once(self) -> None:
        """Do it once; what could not be done is told in the log, stays owed, and is tried again."""
        try:
            make_pending(self._its.client, self._its.journal, self._its.engine.clock, rules=[self._its.engine.rules])
            ask_again(self._its, self._stop.is_set)
            reported = report_outcomes(self._its.client, self._its.journal)
            for refused in reported.refused:
                _log.warning("the gateway refuses an outcome: %s %s", refused.owed.number, refused.error.reason)
            if self._its.settings.fetches_endings:
                collect_endings(self._its.client, self._its.journal, self._its.settings.officer, self._its.engine.clock)
        except (GatewayError, NotClearedError) as error:
            _log.warning("upkeep: %s", mask_resident_ids(str(error)))

    def _run(self) -> None:
        while not self._stop.is_set():
            self.once()
            self._stop.wait(self._its.settings.upkeep.total_seconds())
