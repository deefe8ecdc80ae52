"""``SqlImportStore``: what is staged, and what is decided about imports. The facts themselves are ``facts``' to write.

Every word about an import is a submission of its own: chunk 0 of its request, so that a second sending is known and a
process that dies before its entry is durable writes it when it starts again. An approval's facts are the chunks after.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, or_, select, update

from formats.civil import parse_instant
from gateway.domain.imports import OPEN, ImportState, refusal
from gateway.services.ports.facts import Submission
from gateway.services.ports.imports import StagedChunk
from gateway.storage import tables
from gateway.storage.engine import reading, writing
from gateway.storage.facts import answered, keep_answer, lock_head, read_outcomes, store, take_revision
from gateway.storage.import_batches import batch_at, enter, selected, stood_at
from gateway.storage.import_differences import Differences
from gateway.storage.import_tables import import_batch, staged_chunk
from gateway.storage.revocation import Revoking

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlalchemy import Connection, Engine

    from gateway.domain.imports import Size
    from gateway.services.ports.facts import RowOutcome, SubmittedRow
    from gateway.services.ports.imports import Decision, ImportBatch, Revocation

AT_ONCE: Final = 20
"""Staged chunks that are read at once: each holds up to a thousand records."""


class SqlImportStore(Differences):
    """The port ``ImportStore`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._engine = engine

    def stage(self, submission: Submission, outcomes: Sequence[RowOutcome], chunk: StagedChunk) -> int:
        """Keep a chunk beside the facts; see the port."""
        origin = submission.origin
        assert origin is not None  # noqa: S101 - enter refuses a submission without
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            if answered(connection, submission) is not None:
                row = stood_at(connection, origin.batch_id)
                if row is not None and row.state == ImportState.DISCARDED:
                    raise refusal(origin.batch_id, ImportState.DISCARDED, "CHUNK")
                return newest
            enter(connection, submission, staged=True)
            last = select(func.max(staged_chunk.c.place)).where(staged_chunk.c.batch_id == origin.batch_id)
            values = {
                "batch_id": origin.batch_id,
                "place": (connection.execute(last).scalar() or 0) + 1,
                "request_id": submission.request_id,
                "chunk": submission.chunk,
                "row_count": len(outcomes),
                "refused": chunk.refused,
                "digest": chunk.digest,
                "codes": " ".join(sorted(chunk.codes)),
                "content": chunk.content,
            }
            connection.execute(insert(staged_chunk), values)
            # Without its batch: the revision that it names is not of its making.
            keep_answer(connection, replace(submission, origin=None), newest, list(outcomes), owed=True)
        return newest

    def staged_codes(self, batch_id: str) -> frozenset[str]:
        """Return what the batch's own master records make known; see the port."""
        column = staged_chunk.c
        wanted = select(column.codes).where(column.batch_id == batch_id, column.codes != "")
        with reading(self._engine) as connection:
            return frozenset(code for codes in connection.execute(wanted).scalars() for code in codes.split())

    def batch(self, batch_id: str, agency: str) -> ImportBatch | None:
        """Return an import; see the port."""
        wanted = selected().where(import_batch.c.batch_id == batch_id, import_batch.c.agency == agency)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).first()
        return None if row is None else batch_at(row)

    def batch_of(self, request_id: str, agency: str) -> ImportBatch | None:
        """Return the import of a submission; see the port."""
        submission, chunk = tables.submission.c, staged_chunk.c
        staged = select(chunk.batch_id).where(chunk.request_id == request_id).limit(1)
        direct = select(submission.batch).where(submission.request_id == request_id).limit(1)
        with reading(self._engine) as connection:
            found = connection.execute(staged).scalar() or connection.execute(direct).scalar()
        return None if found is None else self.batch(found, agency)

    def batches(
        self, agency: str, feeds: Collection[str], before: tuple[str, str] | None, size: int, *, waiting: bool
    ) -> list[ImportBatch]:
        """Return imports, the newest first; see the port."""
        column = import_batch.c
        wanted = selected().where(column.agency == agency, column.feed.in_(sorted(feeds)))
        if waiting:
            wanted = wanted.where(column.state.in_(sorted({*OPEN, ImportState.APPROVED})))
        if before is not None:
            since, last = parse_instant(before[0]), before[1]
            same = (column.begun_at == since) & (column.batch_id < last)
            wanted = wanted.where(or_(column.begun_at < since, same))
        wanted = wanted.order_by(column.begun_at.desc(), column.batch_id.desc()).limit(size)
        with reading(self._engine) as connection:
            return [batch_at(row) for row in connection.execute(wanted)]

    def chunks(self, batch_id: str, after: int = 0) -> Iterator[StagedChunk]:
        """Yield what is staged and not applied; see the port."""
        column = staged_chunk.c
        wanted = select(staged_chunk).where(column.batch_id == batch_id, column.content.is_not(None))
        while True:
            with reading(self._engine) as connection:
                rows = connection.execute(
                    wanted.where(column.place > after).order_by(column.place).limit(AT_ONCE)
                ).all()
            for row in rows:
                yield StagedChunk(row.place, row.refused, row.digest, frozenset(row.codes.split()), row.content)
                after = row.place
            if len(rows) < AT_ONCE:
                return

    def said_before(self, decision: Decision) -> bool:
        """Return whether this very word was taken before; see the port."""
        with reading(self._engine) as connection:
            return answered(connection, _submission(decision)) is not None

    def complete(self, decision: Decision, rows: int) -> None:
        """Close an import; see the port."""
        with writing(self._engine) as connection:
            if not _new(connection, decision):
                return
            _require(connection, decision, {ImportState.STAGED}, "COMPLETE")
            column = staged_chunk.c
            staged = select(func.sum(column.row_count)).where(column.batch_id == decision.batch_id)
            count = connection.execute(staged).scalar() or 0
            if count != rows:
                raise refusal(decision.batch_id, ImportState.STAGED, "COMPLETE", f"{count} rows are staged")
            _set(connection, decision, state=ImportState.COMPLETE)
            _keep(connection, decision)

    def sign(self, decision: Decision, signed_for: str) -> None:
        """Keep the first of two words; see the port."""
        with writing(self._engine) as connection:
            if _new(connection, decision):
                _require(connection, decision, {ImportState.COMPLETE, ImportState.APPLIED}, "SIGN")
                word = {"signed_by": decision.holder, "signed_for": signed_for, "signed_request": decision.request_id}
                _set(connection, decision, **word)
                _keep(connection, decision)

    def approve(self, decision: Decision, revision: int) -> bool:
        """Approve, unless the register has moved; see the port."""
        with writing(self._engine) as connection:
            new = _new(connection, decision)
            _require(connection, decision, {ImportState.COMPLETE}, "APPROVE")
            if self._moved(connection, revision):
                return False
            _decide(connection, decision, ImportState.APPROVED)
            if new:
                _keep(connection, decision)
        return True

    def apply(
        self, submission: Submission, place: int, rows: Sequence[SubmittedRow], refused: Sequence[RowOutcome]
    ) -> None:
        """Make facts of one chunk, once; see the port."""
        assert submission.origin is not None  # noqa: S101 - an import's submission has one
        column = staged_chunk.c
        own = (column.batch_id == submission.origin.batch_id, column.place == place)
        with writing(self._engine) as connection:
            lock_head(connection)
            _require_state(connection, submission.origin.batch_id, {ImportState.APPROVED, ImportState.APPLIED}, "APPLY")
            store(connection, submission, lambda _: rows, refused)
            connection.execute(update(staged_chunk).where(*own).values(content=None))

    def finish(self, batch_id: str) -> None:
        """Say that all of an import is applied; see the port."""
        column = import_batch.c
        done = update(import_batch).where(column.batch_id == batch_id, column.state == ImportState.APPROVED)
        with writing(self._engine) as connection:
            connection.execute(done.values(state=ImportState.APPLIED))
            self.drop(connection, batch_id)

    def approved(self) -> list[ImportBatch]:
        """Return what is approved and not applied to its end; see the port."""
        wanted = selected().where(import_batch.c.state == ImportState.APPROVED).order_by(import_batch.c.batch_id)
        with reading(self._engine) as connection:
            return [batch_at(row) for row in connection.execute(wanted)]

    def applied(self, request_id: str) -> Iterator[tuple[int, list[RowOutcome]]]:
        """Yield revision and outcomes of each chunk that an approval has applied, in order."""
        column = tables.submission.c
        wanted = select(column.visible_from, column.outcomes).where(column.request_id == request_id, column.chunk > 0)
        with reading(self._engine) as connection:
            for revision, outcomes in connection.execute(wanted.order_by(column.chunk)):
                yield revision, read_outcomes(outcomes)

    def discard(self, decision: Decision) -> None:
        """Discard an import; see the port."""
        with writing(self._engine) as connection:
            if not _new(connection, decision):
                return
            _require(connection, decision, OPEN, "DISCARD")
            _decide(connection, decision, ImportState.DISCARDED)
            column = staged_chunk.c
            connection.execute(update(staged_chunk).where(column.batch_id == decision.batch_id).values(content=None))
            self.drop(connection, decision.batch_id)
            _keep(connection, decision)

    def revoke(self, decision: Decision, agreed: Callable[[Size], None]) -> Revocation:
        """Revoke in one revision; see the port."""
        with writing(self._engine) as connection:
            revision = lock_head(connection) + 1
            answered(connection, _submission(decision))
            row = _require(connection, decision, {ImportState.APPLIED, ImportState.REVOKED}, "REVOKE")
            if row.state == ImportState.REVOKED:
                if row.decided_request != decision.request_id:
                    raise refusal(decision.batch_id, ImportState.REVOKED, "REVOKE")
                return Revoking(connection, decision.batch_id, row.revoked_in).again()
            revoking = Revoking(connection, decision.batch_id, revision)
            found = revoking.found()
            agreed(found.size)
            submission = _submission(decision, row.feed)
            take_revision(connection, revision, submission)
            revoking.write()
            _decide(connection, decision, ImportState.REVOKED, revoked_in=revision)
            keep_answer(connection, submission, revision, [], owed=True)
            return found.revocation(revision)


def _submission(decision: Decision, feed: str = "") -> Submission:
    return Submission(
        request_id=decision.request_id,
        chunk=0,
        digest=decision.digest,
        feed=feed,
        agency=decision.agency,
        writer=decision.writer,
        committed_at=decision.at,
        rows=(),
    )


def _new(connection: Connection, decision: Decision) -> bool:
    """Return whether the word was not taken before; everybody else waits until this transaction ends."""
    lock_head(connection)
    return answered(connection, _submission(decision)) is None


def _keep(connection: Connection, decision: Decision) -> None:
    keep_answer(connection, _submission(decision), lock_head(connection), [], owed=True)


def _require(connection: Connection, decision: Decision, states: Collection[ImportState], wanted: str) -> Any:  # noqa: ANN401 - a row
    """Return the batch's row; raises ``StateError`` when its state is none of *states*."""
    return _require_state(connection, decision.batch_id, states, wanted)


def _require_state(connection: Connection, batch_id: str, states: Collection[ImportState], wanted: str) -> Any:  # noqa: ANN401 - a row
    row = stood_at(connection, batch_id)
    if row is None:
        raise LookupError(f"there is no import {batch_id}")
    if row.state not in states:
        raise refusal(batch_id, ImportState(row.state), wanted)
    return row


def _decide(connection: Connection, decision: Decision, state: ImportState, **more: object) -> None:
    _set(
        connection,
        decision,
        state=state,
        decided_by=decision.holder,
        decided_at=decision.at,
        decided_request=decision.request_id,
        reason=decision.reason,
        document_number=decision.document_number,
        signed_by="",
        signed_for="",
        signed_request="",
        **more,
    )


def _set(connection: Connection, decision: Decision, **values: object) -> None:
    connection.execute(update(import_batch).where(import_batch.c.batch_id == decision.batch_id).values(values))
