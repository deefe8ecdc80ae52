"""A producer's word that its feed is complete up to an instant: what keeps answers from going stale."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateway.domain.errors import MalformedRequestError
from gateway.services.ports.register import FeedState

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.services.ports.facts import FactStore
    from gateway.services.ports.register import Clock


class ConfirmCurrent:
    """Stores confirmations under a revision of their own."""

    def __init__(self, store: FactStore, clock: Clock, writer: str) -> None:
        self._store = store
        self._clock = clock
        self._writer = writer

    async def __call__(self, agency: Agency, request_id: str, feed: str, until: datetime) -> int:
        """Store that *feed* is complete up to *until*, and return the revision that holds it.

        Raises:
            MalformedRequestError: *until* lies ahead: nobody can know that.
            RequestIdReusedError: The request id was used for another confirmation.
            StoreUnavailableError: Nothing was stored.
        """
        now = self._clock.now()
        if until > now:
            raise MalformedRequestError("current_until", "lies ahead")
        state = FeedState(feed, until)
        return await asyncio.to_thread(self._store.confirm, request_id, state, agency.agency_id, self._writer, now)
