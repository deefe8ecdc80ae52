"""Rows of import batches: entering one with its first chunk, and reading how one stands.

What is decided about a batch is in ``import_store``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from gateway.domain.errors import RequestIdReusedError
from gateway.domain.imports import ImportState, refusal
from gateway.services.ports.imports import ImportBatch
from gateway.storage import tables
from gateway.storage.import_tables import import_batch, staged_chunk

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

    from gateway.services.ports.facts import Submission

BLANK = {
    "signed_by": "",
    "signed_for": "",
    "signed_request": "",
    "decided_by": "",
    "decided_at": None,
    "decided_request": "",
    "reason": "",
    "document_number": "",
    "revoked_in": None,
}
"""A batch about which nothing is decided."""


def enter(connection: Connection, submission: Submission, *, staged: bool) -> None:
    """See that the batch of *submission* may take a chunk, and make it when this is its first.

    Raises:
        RequestIdReusedError: The id is another agency's batch, or one of another feed.
        StateError: The batch takes no more chunks, or takes them in the other way.
    """
    origin = submission.origin
    if origin is None:
        raise ValueError("a chunk of an import needs its origin")
    found = connection.execute(select(import_batch).where(import_batch.c.batch_id == origin.batch_id)).first()
    if found is None:
        values = {
            "batch_id": origin.batch_id,
            "agency": submission.agency,
            "feed": submission.feed,
            "state": ImportState.STAGED if staged else ImportState.APPLIED,
            "staged": staged,
            "officer": origin.officer,
            "holder": origin.holder,
            "begun_at": submission.committed_at,
        }
        connection.execute(insert(import_batch), {**BLANK, **values})
        return
    if (found.agency, found.feed) != (submission.agency, submission.feed):
        raise RequestIdReusedError("the batch is another import's", request_id=submission.request_id)
    takes = ImportState.STAGED if staged else ImportState.APPLIED
    if found.staged != staged or found.state != takes:
        raise refusal(origin.batch_id, ImportState(found.state), "CHUNK")


def batch_at(row: Row[Any]) -> ImportBatch:
    """Return a batch of a row that ``selected`` gave."""
    return ImportBatch(
        batch_id=row.batch_id,
        agency=row.agency,
        feed=row.feed,
        state=ImportState(row.state),
        staged=row.staged,
        officer=row.officer,
        holder=row.holder,
        begun_at=row.begun_at,
        signed_by=row.signed_by,
        signed_for=row.signed_for,
        signed_request=row.signed_request,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decided_request=row.decided_request,
        reason=row.reason,
        document_number=row.document_number,
        revoked_in=row.revoked_in or 0,
        rows=row.rows or 0,
        refused=row.refused_rows or 0,
        first_revision=row.first_revision or 0,
        last_revision=row.last_revision or 0,
    )


def selected() -> Select[*tuple[Any, ...]]:
    """Return the statement for batches with what was staged and stored of each."""
    chunk, submission, own = staged_chunk.c, tables.submission.c, import_batch.c.batch_id
    stored = (submission.batch == own, submission.took_revision)
    return select(
        import_batch,
        select(func.sum(chunk.row_count)).where(chunk.batch_id == own).scalar_subquery().label("rows"),
        select(func.sum(chunk.refused)).where(chunk.batch_id == own).scalar_subquery().label("refused_rows"),
        select(func.min(submission.visible_from)).where(*stored).scalar_subquery().label("first_revision"),
        select(func.max(submission.visible_from)).where(*stored).scalar_subquery().label("last_revision"),
    )


def stood_at(connection: Connection, batch_id: str) -> Row[Any] | None:
    """Return a batch's row, locked as all writers are by the head; None when there is none."""
    return connection.execute(select(import_batch).where(import_batch.c.batch_id == batch_id)).first()
