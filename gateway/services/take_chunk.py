"""Storing one chunk of a submission: each row stored, found unchanged, held or refused on its own, and said so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gateway.services.ports.facts import Submission
from gateway.services.ports.intake import Taken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.services.judge_rows import IncomingRow, JudgeRows
    from gateway.services.ports.facts import FactStore, Origin, RowOutcome


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of a submission: rows that were understood, and outcomes of those that were not."""

    request_id: str
    number: int
    digest: str
    feed: str
    rows: Sequence[IncomingRow]
    refused: Sequence[RowOutcome]
    origin: Origin | None = None
    """The import that it is part of; None for one of its own."""
    former: str = ""
    """Digest of the same chunk in a store from before digests were keyed; empty when there can be none."""

    def submission(self, agency: Agency, writer: str, now: datetime) -> Submission:
        """Return it as what the store is given at *now*, UTC, without rows; *writer* will hold its entry."""
        return Submission(
            request_id=self.request_id,
            chunk=self.number,
            digest=self.digest,
            feed=self.feed,
            agency=agency.agency_id,
            writer=writer,
            committed_at=now,
            rows=(),
            origin=self.origin,
            former=self.former,
        )


class TakeChunk:
    """Judges the rows of a chunk, and stores it in one transaction. Blocking."""

    def __init__(self, store: FactStore, judge: JudgeRows, writer: str) -> None:
        self._store = store
        self._judge = judge
        self._writer = writer

    def __call__(self, agency: Agency, chunk: Chunk, now: datetime) -> Taken:
        """Store one chunk of an agency that may submit to its feed, committed at *now*, UTC.

        Raises:
            RequestIdReusedError: The request id and chunk number were used for other content.
            StateError: The import that it is part of takes no more chunks.
            StoreUnavailableError: Nothing of the chunk was stored.
        """
        judged = self._judge(agency, chunk.feed, chunk.rows)
        submission = replace(chunk.submission(agency, self._writer, now), rows=judged.ready)
        revision, outcomes = self._store.submit(submission)
        return Taken.of(revision, [*chunk.refused, *judged.refused, *outcomes])
