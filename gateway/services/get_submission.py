"""How much of a submission is stored: what a producer asks before it sends again what was broken off."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateway.domain.imports import GONE, refusal
from gateway.services.ports.intake import Taken
from gateway.services.submit_records import Summary

if TYPE_CHECKING:
    from gateway.domain.agencies import Agency
    from gateway.services.ports.facts import FactStore
    from gateway.services.ports.imports import ImportStore


class GetSubmission:
    """Reads what was answered to a submission's chunks."""

    def __init__(self, store: FactStore, imports: ImportStore) -> None:
        self._store = store
        self._imports = imports

    async def __call__(self, agency: Agency, request_id: str) -> tuple[int, Summary]:
        """Return how many chunks of *agency*'s submission are stored, from the first on, and what became of their rows.

        Rows that were refused before the store saw them are not among these.

        Raises:
            StateError: Its import was discarded or revoked: what was answered does not hold any more.
            StoreUnavailableError: The store cannot be read.
        """
        batch = await asyncio.to_thread(self._imports.batch_of, request_id, agency.agency_id)
        if batch is not None and batch.state in GONE:
            raise refusal(batch.batch_id, batch.state, "CHUNK")
        chunks = await asyncio.to_thread(self._store.submitted, request_id, agency.agency_id)
        summary = Summary()
        for revision, outcomes in chunks:
            summary.add(Taken.of(revision, outcomes))
        return len(chunks), summary
