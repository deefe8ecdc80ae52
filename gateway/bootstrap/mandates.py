"""The mandates of one serving process: begun from ``agencies.toml`` in a store that has none, followed from then on.

Once the store has mandates the file decides nothing any more. Whoever changes it is told, at every start and by
``jsg doctor``, in what it differs.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.bootstrap.config import StartError, frame_of
from gateway.domain.agency_forms import MandateError
from gateway.domain.audit import Draft
from gateway.domain.mandates import differences, key_of
from gateway.domain.processing_register import RegisterError, duties_of
from gateway.services.ports.facts import Submission
from gateway.storage.content import ContentError
from gateway.storage.mandate_index import MandateIndex, UnfitMandateError
from gateway.storage.mandates import SqlMandateStore

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gateway.bootstrap.config import Config
    from gateway.services.ports.audit import AuditLog
    from gateway.services.ports.register import Clock

BEGUN: Final = "MANDATES_BEGUN"
"""Outcome of the entry that says from which file a store got its first mandates."""
_log: Final = logging.getLogger(__name__)


class Mandates:
    """Where mandates are kept, and as they stand in memory."""

    def __init__(self, config: Config, engine: Engine, clock: Clock) -> None:
        settings = config.settings
        self._config = config
        self._clock = clock
        self.store = SqlMandateStore(engine, settings.limits.load.quota)
        keys = {key_of(agency): agency.officer_keys for agency in config.agencies}
        stale_after = settings.limits.mandates_stale_after
        self.callers = MandateIndex(self.store, clock, frame_of(settings), stale_after, officer_keys=keys)

    async def start(self, audit: AuditLog) -> None:
        """Begin the store's mandates where it has none, read them, and follow them.

        Raises:
            StartError: What is stored cannot be used.
            StoreUnavailableError, AuditUnavailableError: Store or queue failed.
        """
        await self._begin(audit)
        try:
            await asyncio.to_thread(self.callers.load)
        except (ContentError, MandateError, UnfitMandateError) as error:
            raise StartError(f"the mandates in the store: {error}") from error
        try:
            self._config.processing.require(duties_of(self.callers), civil_date(self._clock.now()))
        except RegisterError as error:
            raise StartError(f"processing.toml: {error}") from error
        for difference in differences(self._config.agencies, self.callers):
            _log.warning("%s", difference)
        self.callers.start()

    async def _begin(self, audit: AuditLog) -> None:
        """Store the file's mandates, once for all processes on the store, and record it.

        A process that dies in between owes the entry like that of any commit, and writes it when it starts again.
        """
        agencies = list(self._config.agencies)
        digest = self._config.agencies.digest
        request_id = f"mandates-of-{digest}"
        now = self._clock.now()
        submission = Submission(request_id, 0, digest, "", "", audit.writer, now, rows=())
        revision = await asyncio.to_thread(self.store.begin, submission, agencies)
        if revision is None:
            return
        _log.info("the store has its first mandates: %d of agencies.toml, %s", len(agencies), digest)
        body: dict[str, object] = {
            "method": "AdminService",
            "outcome": BEGUN,
            "caller": {},
            "request": {"id": request_id},
        }
        body["mandates"] = len(agencies)
        position = await audit.record(Draft(body))
        await asyncio.to_thread(self.store.mark_recorded, request_id, revision, position.number)
