"""Imports and their differences as messages. It shows what was computed and adds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import import_batch_pb2 as pb

from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.texts import localized

if TYPE_CHECKING:
    from gateway.domain.import_ends import Ended
    from gateway.services.ports.imports import Difference, EnterpriseShift, ImportBatch


def batch_pb(batch: ImportBatch) -> pb.ImportBatch:
    """Return an import as it stands."""
    shown = pb.ImportBatch(
        batch=batch.batch_id,
        feed=batch.feed,
        state=wire(batch.state),
        staged=batch.staged,
        officer=batch.officer,
        holder=batch.holder,
        begun_at=instant_pb(batch.begun_at),
        rows=batch.rows,
        refused=batch.refused,
        first_revision=batch.first_revision,
        last_revision=batch.last_revision,
        agreed_by=batch.signed_by,
        decided_by=batch.decided_by,
        reason=batch.reason,
        document_number=batch.document_number,
        revoked_in=batch.revoked_in,
    )
    if batch.decided_at is not None:
        shown.decided_at.CopyFrom(instant_pb(batch.decided_at))
    return shown


def difference_pb(difference: Difference, *, second: bool) -> pb.ImportDifference:
    """Return a difference; *second*: it needs two persons."""
    return pb.ImportDifference(
        digest=difference.digest,
        data_revision=difference.revision,
        since=difference.since.isoformat(),
        new_records=difference.new,
        changed=difference.changed,
        unchanged=difference.unchanged,
        ended=difference.ended,
        held=difference.held,
        refused=difference.refused,
        restricted=difference.restricted,
        relieved=difference.relieved,
        second_person=second,
        ended_records=[ended_pb(ended) for ended in difference.ended_records],
        refusals=[
            pb.ImportRefusal(row=outcome.row, field=outcome.field, why=localized(outcome.why))
            for outcome in difference.refusals
        ],
    )


def ended_pb(ended: Ended) -> pb.ImportEnded:
    """Return a record by its kind, id and enterprise."""
    return pb.ImportEnded(kind=ended.kind, record_id=ended.record_id, uscc=ended.uscc)


def shift_pb(shift: EnterpriseShift) -> pb.EffectShift:
    """Return how an enterprise's answers would change."""
    return pb.EffectShift(
        uscc=shift.uscc,
        name=shift.name,
        relieved=shift.relieved,
        effect_before=wire(shift.before),
        effect_after=wire(shift.after),
    )
