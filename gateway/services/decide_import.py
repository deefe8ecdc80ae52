"""Deciding about imports: complete, approve and apply, discard, revoke. Above thresholds two persons must agree.

Persons are the certificates' holders. The first of the two is whoever staged the import, or where that was a system,
the first who agrees; a request names nobody.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats import canonical
from gateway.domain.errors import (
    DifferenceChangedError,
    EnterpriseNotFoundError,
    FieldNotInMandateError,
    SecondPersonRequiredError,
    StoreUnavailableError,
)
from gateway.domain.imports import ImportState, Person, Size, first_of_two, refusal
from gateway.services.ports.facts import Origin, Submission

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.imports import Thresholds
    from gateway.domain.vocabulary import RowStatus
    from gateway.services.import_difference import ImportDifference, Judging
    from gateway.services.ports.imports import (
        Decision,
        Difference,
        EnterpriseShift,
        ImportBatch,
        ImportStore,
        Revocation,
        StagedChunk,
    )

DONE: Final = frozenset({ImportState.APPROVED, ImportState.APPLIED, ImportState.REVOKED})
"""States that an approval leads to."""
TRIES: Final = 5
"""How often an approval looks again because somebody wrote in between."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of an approval's rows; with ``waits`` nothing yet, because another person has to agree."""

    revision: int
    rows: Counter[RowStatus]
    first_revision: int = 0
    waits: bool = False


class _FirstWordError(Exception):
    """The word is the first of two: nothing is done but to keep it."""


class DecideImport:
    """Takes decisions about imports of the caller's agency."""

    def __init__(
        self, imports: ImportStore, difference: ImportDifference, judging: Judging, thresholds: Thresholds
    ) -> None:
        self._imports = imports
        self._difference = difference
        self._judging = judging
        self._thresholds = thresholds
        self._stopping = False

    def require(self, agency: Agency) -> None:
        """Refuse a caller without any feed.

        Raises:
            FieldNotInMandateError: It submits nothing, and so decides about no import.
        """
        if not agency.feeds:
            raise FieldNotInMandateError("batch", "this caller submits to no feed")

    async def batch(self, agency: Agency, batch_id: str) -> ImportBatch:
        """Return an import of the caller's agency and feeds.

        Raises:
            EnterpriseNotFoundError: There is none under this id.
        """
        return await asyncio.to_thread(self._batch, agency, batch_id)

    async def newest(self) -> int:
        """Return the newest data revision."""
        return await asyncio.to_thread(self._imports.newest)

    async def batches(
        self, agency: Agency, before: tuple[str, str] | None, size: int, *, waiting: bool
    ) -> list[ImportBatch]:
        """Return at most *size* imports of the caller's agency and feeds, the newest first."""
        return await asyncio.to_thread(
            lambda: self._imports.batches(agency.agency_id, agency.feeds, before, size, waiting=waiting)
        )

    async def shown(self, batch: ImportBatch) -> Difference | None:
        """Return what a complete import would change; None for one that is not complete, or is decided."""
        if batch.state is not ImportState.COMPLETE:
            return None
        return await asyncio.to_thread(self._difference, batch)

    async def shifts(self, batch: ImportBatch, after: tuple[bool, str] | None, size: int) -> list[EnterpriseShift]:
        """Return the next enterprises whose answers the difference as last shown would change."""
        return await asyncio.to_thread(self._imports.shifts, batch.batch_id, after, size)

    def needs_second(self, difference: Difference) -> bool:
        """Return whether a difference passes a threshold."""
        return self._thresholds.passed_by(_size(difference))

    async def complete(self, agency: Agency, decision: Decision, rows: int) -> None:
        """Close an import that is staged whole.

        Raises:
            EnterpriseNotFoundError: There is none.
            StateError: It is not open, or has another number of rows.
            RequestIdReusedError: The request id was used for other content.
        """
        await self.batch(agency, decision.batch_id)
        await asyncio.to_thread(self._imports.complete, decision, rows)

    async def discard(self, agency: Agency, decision: Decision) -> None:
        """Discard an import that is not decided; raises what ``complete`` does."""
        await self.batch(agency, decision.batch_id)
        await asyncio.to_thread(self._imports.discard, decision)

    async def approve(self, agency: Agency, decision: Decision, digest: str) -> Applied:
        """Approve the difference with this *digest*, and apply the import; sent again, it goes on where it was.

        Raises:
            EnterpriseNotFoundError: There is no such import.
            StateError: It waits for no approval.
            DifferenceChangedError: It would change something else by now.
            SecondPersonRequiredError: Another person has to approve.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: The store failed; what is approved is applied later.
        """
        return await asyncio.to_thread(self._approve, agency, decision, digest)

    async def revoke(self, agency: Agency, decision: Decision) -> Revocation | None:
        """Revoke an import in one revision; None when this was the first of two words.

        Raises:
            EnterpriseNotFoundError: There is no such import.
            StateError: It is not on record.
            SecondPersonRequiredError: Another person has to revoke.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._revoke, agency, decision)

    def stop(self) -> None:
        """Let what is being applied end with its present chunk."""
        self._stopping = True

    def unfinished(self) -> list[ImportBatch]:
        """Return the imports that are approved and not applied to their end. Blocking."""
        return self._imports.approved()

    def apply(self, batch: ImportBatch, writer: str, now: datetime) -> Applied:
        """Apply what is left of an approved import; what another process applies meanwhile is not done twice. Blocking.

        Raises:
            StoreUnavailableError: The store failed; the rest is applied later.
        """
        for chunk in self._imports.chunks(batch.batch_id):
            if self._stopping:
                raise StoreUnavailableError("the gateway stops: what is left is applied when it starts again")
            self._apply(batch, chunk, writer, now)
        self._imports.finish(batch.batch_id)
        rows: Counter[RowStatus] = Counter()
        first = last = 0
        for revision, outcomes in self._imports.applied(batch.decided_request):
            first, last = first or revision, revision
            rows.update(outcome.status for outcome in outcomes)
        return Applied(last, rows, first)

    def _batch(self, agency: Agency, batch_id: str) -> ImportBatch:
        found = self._imports.batch(batch_id, agency.agency_id)
        if found is None or found.feed not in agency.feeds:
            raise EnterpriseNotFoundError("no import of this caller has this id", batch=batch_id)
        return found

    def _approve(self, agency: Agency, decision: Decision, digest: str) -> Applied:
        for _ in range(TRIES):
            batch = self._batch(agency, decision.batch_id)
            again = self._imports.said_before(decision)
            if again and batch.decided_request == decision.request_id and batch.state in DONE:
                return self.apply(batch, decision.writer, decision.at)
            if batch.state is not ImportState.COMPLETE:
                raise refusal(batch.batch_id, batch.state, "APPROVE")
            if batch.signed_request == decision.request_id:
                self._imports.sign(decision, batch.signed_for)
                return Applied(0, Counter(), waits=True)
            difference = self._difference(batch)
            if difference.digest != digest:
                raise DifferenceChangedError(
                    "the import would change something else by now",
                    batch=batch.batch_id,
                    shown=digest,
                    digest=difference.digest,
                )
            if self._thresholds.passed_by(_size(difference)) and _is_first(batch, decision, digest):
                self._imports.sign(decision, digest)
                return Applied(0, Counter(), waits=True)
            if self._imports.approve(decision, difference.revision):
                return self.apply(self._batch(agency, decision.batch_id), decision.writer, decision.at)
        raise refusal(decision.batch_id, ImportState.COMPLETE, "APPROVE", "THE_REGISTER_MOVES")

    def _apply(self, batch: ImportBatch, chunk: StagedChunk, writer: str, now: datetime) -> None:
        named = f"{batch.decided_request}\0{chunk.place}\0{chunk.digest}"
        submission = Submission(
            request_id=batch.decided_request,
            chunk=chunk.place,
            digest=hashlib.sha256(named.encode()).hexdigest(),
            feed=batch.feed,
            agency=batch.agency,
            writer=writer,
            committed_at=now,
            rows=(),
            origin=Origin(batch.batch_id, batch.officer, batch.holder),
        )
        rows, unread = self._judging.reader.read(chunk.content, batch.feed)
        judged = self._judging.judge(batch, rows)
        self._imports.apply(submission, chunk.place, judged.ready, [*unread, *judged.refused])

    def _revoke(self, agency: Agency, decision: Decision) -> Revocation | None:
        batch = self._batch(agency, decision.batch_id)
        if batch.signed_request == decision.request_id:
            self._imports.sign(decision, batch.signed_for)
            return None
        signed_for = hashlib.sha256(canonical.encode(["revoke", decision.reason, decision.document_number])).hexdigest()

        def agreed(size: Size) -> None:
            if self._thresholds.passed_by(size) and _is_first(batch, decision, signed_for):
                raise _FirstWordError

        try:
            return self._imports.revoke(decision, agreed)
        except _FirstWordError:
            self._imports.sign(decision, signed_for)
            return None


def _size(difference: Difference) -> Size:
    return Size(difference.restricted, difference.ended, difference.changed)


def _is_first(batch: ImportBatch, decision: Decision, signed_for: str) -> bool:
    """Return whether this word is only the first of two; raises ``SecondPersonRequiredError`` when it is none."""
    before = [Person(batch.agency, batch.holder)]
    if batch.signed_for == signed_for:
        before.append(Person(batch.agency, batch.signed_by))
    try:
        return first_of_two(Person(decision.agency, decision.holder), before)
    except ValueError as error:
        raise SecondPersonRequiredError("another person has to agree", batch=batch.batch_id, why=str(error)) from None
