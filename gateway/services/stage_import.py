"""Staging: records of an import, checked row by row and kept beside the facts until somebody decides about them.

What a row says of itself and whose it is are judged here, as for a submission; what is on record about it is judged
when the difference is computed, and once more when it is applied.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateway.domain.errors import StagingRequiredError
from gateway.domain.vocabulary import RowStatus
from gateway.services.ports.facts import RowOutcome, Submission
from gateway.services.ports.imports import StagedChunk

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.domain.agencies import Agency
    from gateway.services.ports.imports import ImportStore
    from gateway.services.ports.register import Clock
    from gateway.services.submit_records import Chunk, SubmitRecords, Summary


class StageImport:
    """Checks chunks as ``SubmitRecords`` does, and keeps them where nothing looks for facts."""

    def __init__(
        self, imports: ImportStore, submit: SubmitRecords, clock: Clock, writer: str, required: Collection[str]
    ) -> None:
        """Take what is used; *required* are the feeds of which everything is staged."""
        self._imports = imports
        self._submit = submit
        self._clock = clock
        self._writer = writer
        self._required = frozenset(required)

    def require(self, feed: str) -> None:
        """Refuse a direct submission to a feed that takes none.

        Raises:
            StagingRequiredError: Records of this feed are staged first.
        """
        if feed in self._required:
            raise StagingRequiredError("records of this feed are staged and approved", feed=feed)

    async def __call__(self, agency: Agency, chunk: Chunk, content: bytes, summary: Summary) -> None:
        """Stage one chunk, sealed in *content*, and add what became of its rows to *summary*.

        Raises:
            RequestIdReusedError: The request id was used for other content, or the batch is another import's.
            StateError: The batch takes no more chunks.
            StoreUnavailableError: Nothing of the chunk was stored.
        """
        await asyncio.to_thread(self._stage, agency, chunk, content, summary)

    def _stage(self, agency: Agency, chunk: Chunk, content: bytes, summary: Summary) -> None:
        assert chunk.origin is not None  # noqa: S101 - whoever stages names the batch
        batch_id = chunk.origin.batch_id
        judged = self._submit.judged(chunk.feed, chunk.rows, self._imports.staged_codes(batch_id))
        ready = [RowOutcome(row.row, RowStatus.STAGED, row.record_id) for row in judged.ready]
        refused = [*chunk.refused, *judged.refused]
        outcomes = sorted([*ready, *refused], key=lambda outcome: outcome.row)
        submission = Submission(
            request_id=chunk.request_id,
            chunk=chunk.number,
            digest=chunk.digest,
            feed=chunk.feed,
            agency=agency.agency_id,
            writer=self._writer,
            committed_at=self._clock.now(),
            rows=(),
            origin=chunk.origin,
        )
        staged = StagedChunk(0, len(refused), chunk.digest, judged.brought, content)
        revision = self._imports.stage(submission, outcomes, staged)
        summary.first_revision = summary.first_revision or revision
        summary.revision = revision
        summary.outcomes.extend(outcomes)
