"""Staging: a chunk of an import, checked row by row and kept beside the facts until somebody decides about it.

What a row says of itself and whose it is are judged here, as for a submission; what is on record about it is judged
when the difference is computed, and once more when it is applied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.vocabulary import RowStatus
from gateway.services.ports.facts import RowOutcome, Submission
from gateway.services.ports.imports import StagedChunk
from gateway.services.ports.intake import Taken

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.services.judge_rows import JudgeRows
    from gateway.services.ports.imports import ImportStore
    from gateway.services.take_chunk import Chunk


class StageChunk:
    """Checks a chunk as ``TakeChunk`` does, and keeps it where nothing looks for facts. Blocking."""

    def __init__(self, imports: ImportStore, judge: JudgeRows, writer: str) -> None:
        self._imports = imports
        self._judge = judge
        self._writer = writer

    def __call__(self, agency: Agency, chunk: Chunk, content: bytes, now: datetime) -> Taken:
        """Stage one chunk, sealed in *content*, at *now*, UTC.

        Raises:
            RequestIdReusedError: The request id was used for other content, or the batch is another import's.
            StateError: The batch takes no more chunks.
            StoreUnavailableError: Nothing of the chunk was stored.
        """
        assert chunk.origin is not None  # noqa: S101 - whoever stages names the batch
        judged = self._judge(agency, chunk.feed, chunk.rows, self._imports.staged_codes(chunk.origin.batch_id))
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
            committed_at=now,
            rows=(),
            origin=chunk.origin,
            former=chunk.former,
        )
        staged = StagedChunk(0, len(refused), chunk.digest, judged.brought, content)
        return Taken.of(self._imports.stage(submission, outcomes, staged), outcomes)
