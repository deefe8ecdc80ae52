"""What a serving process does of a submission: it checks the mandate, and has each chunk taken in, or staged."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.domain.errors import (
    FieldNotInMandateError,
    MalformedRequestError,
    StagingRequiredError,
    StoreUnavailableError,
)
from gateway.services.ports.intake import Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.agencies import Agency
    from gateway.domain.vocabulary import RowStatus
    from gateway.services.ports.facts import FactStore, RowOutcome
    from gateway.services.ports.intake import Intake, Sender, SentChunk


@dataclass(slots=True)
class Summary:
    """What became of a submission so far; of its rows, those are kept that were not simply stored."""

    revision: int = 0
    first_revision: int = 0
    counts: Counter[RowStatus] = field(default_factory=Counter)
    shown: list[RowOutcome] = field(default_factory=list)

    def add(self, taken: Taken) -> None:
        """Add what became of the next chunk."""
        self.first_revision = self.first_revision or taken.revision
        self.revision = taken.revision
        self.counts.update(taken.counts)
        self.shown.extend(taken.shown)


class SubmitRecords:
    """What a serving process does of a submission: it checks the mandate, and has each chunk taken in or staged."""

    def __init__(
        self, intake: Intake, store: FactStore, kinds_of_feed: Mapping[str, frozenset[str]], staged: frozenset[str]
    ) -> None:
        """Take the ports, the kinds that each feed carries, and the feeds of which everything is *staged*."""
        self._intake = intake
        self._store = store
        self._kinds_of_feed = kinds_of_feed
        self._staged = staged

    def require(self, agency: Agency, feed: str) -> None:
        """Refuse a feed that is not the caller's.

        Raises:
            FieldNotInMandateError: The mandate does not name the feed.
            MalformedRequestError: No such feed is configured.
        """
        if feed not in self._kinds_of_feed:
            if not feed:
                raise MalformedRequestError("feed", "is required")
            raise FieldNotInMandateError("feed", "is no feed of this caller")
        agency.require_feed(feed)

    def require_staging(self, feed: str) -> None:
        """Refuse a direct submission to a feed that takes none.

        Raises:
            StagingRequiredError: Records of this feed are staged first.
        """
        if feed in self._staged:
            raise StagingRequiredError("records of this feed are staged and approved", feed=feed)

    async def __call__(self, sender: Sender, chunk: SentChunk, summary: Summary) -> None:
        """Have one chunk stored or staged, and add what became of its rows to *summary*; raises as ``Intake.take``.

        Where nobody can say whether it was stored, the store is asked: what it has is in the entry of the call.
        """
        try:
            taken = await self._intake.take(sender, chunk)
        except StoreUnavailableError:
            stored = await asyncio.to_thread(self._store.submitted, chunk.request_id, sender.agency.agency_id)
            for revision, outcomes in stored[chunk.number : chunk.number + 1]:
                summary.add(Taken.of(revision, outcomes))
            raise
        summary.add(taken)

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds the submission up to a data revision. Blocking."""
        self._store.mark_recorded(request_id, through, number)
