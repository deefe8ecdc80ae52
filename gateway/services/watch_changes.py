"""Following every change from a revision on: in order, without a gap, and with a sign of life while nothing changes.

For HRSS and the credit platform's connector only: it shows what deciding systems never see. What a change means for
anybody is not said here.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import MalformedRequestError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import timedelta

    from gateway.domain.agencies import Agency
    from gateway.services.ports.register import ChangeLog, ChangeSet, Register

REVISIONS_AT_ONCE: Final = 20
"""How many revisions are read together: a chunk of an import is one, with up to 1,000 records."""


class WatchChanges:
    """Follows the store through this node's index, so that what is told here is what is answered from here."""

    def __init__(self, register: Register, log: ChangeLog, heartbeat: timedelta, reach_wait: timedelta) -> None:
        self._register = register
        self._log = log
        self._heartbeat = heartbeat
        self._reach_wait = reach_wait

    async def newest(self, agency: Agency, after: int) -> int:
        """Return the newest revision, once the caller may follow changes and *after* is one that there is.

        A revision that another node has just written is waited for, like that of any question.

        Raises:
            FieldNotInMandateError: The mandate does not name it.
            MalformedRequestError: *after* is negative, or lies ahead of every revision: of another store, perhaps.
        """
        agency.require_field("changes", "after_revision")
        if after > self._register.revision:
            await self._register.reach(after, self._reach_wait.total_seconds())
        newest = self._register.revision
        if not 0 <= after <= newest:
            raise MalformedRequestError("after_revision", f"must lie between 0 and the newest revision, {newest}")
        return newest

    async def __call__(self, after: int) -> AsyncGenerator[ChangeSet | None]:
        """Yield every revision after *after* as it comes, and None whenever nothing came for a heartbeat's time.

        Raises:
            StoreUnavailableError: The store could not be read; the caller comes again after what it has.
        """
        reached = after
        while True:
            newest = self._register.revision
            if reached >= newest:
                if not await self._register.reach(reached + 1, self._heartbeat.total_seconds()):
                    yield None
                continue
            upto = min(newest, reached + REVISIONS_AT_ONCE)
            for changes in await asyncio.to_thread(self._log.changes, reached, upto):
                yield changes
            reached = upto
