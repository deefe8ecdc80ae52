"""Completing a staged file, and showing what an import would change. What is decided is in ``import_batches``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf import json_format
from jointsanctions.v1 import import_batch_pb2 as pb

from gateway.domain.vocabulary import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message

    from adapters.errors import GatewayError
    from gateway.cli.import_submission import Source, Submitter

SHOWN: Final = 16
"""How many characters of a digest are shown: enough to name it."""
STATES: Final = {
    pb.IMPORT_STATE_STAGED: "暂存中 being staged",
    pb.IMPORT_STATE_COMPLETE: "待审批 waits for approval",
    pb.IMPORT_STATE_APPROVED: "入库中 being applied",
    pb.IMPORT_STATE_APPLIED: "已入库 on record",
    pb.IMPORT_STATE_DISCARDED: "已放弃 discarded",
    pb.IMPORT_STATE_REVOKED: "已撤销 revoked",
}
EFFECTS: Final = {
    Effect.NONE: "无 none",
    Effect.NOTICE: "提示 notice",
    Effect.NO_CONVENIENCE: "不予便利 no convenience",
    Effect.REVIEW: "审查 review",
    Effect.RAISE_SECURITY: "提高担保 raise security",
    Effect.BLOCK: "限制 block",
}


def complete(client: Submitter, source: Source, rows: int) -> pb.GetImportResponse:
    """Say that the source is staged whole, and return what it would change."""
    closing = pb.CompleteImportRequest(
        request_id=f"complete-{source.batch.removeprefix('batch-')}",
        batch=source.batch,
        rows=rows,
        officer=source.officer,
    )
    client.registry("CompleteImport", closing, pb.CompleteImportResponse)
    asking = pb.GetImportRequest(batch=source.batch, officer=source.officer, page_size=20)
    return client.registry("GetImport", asking, pb.GetImportResponse, patient=True)


def hint(error: GatewayError) -> tuple[str, str]:
    """Return what to do about an import that takes nothing any more, in both languages; empty for other errors."""
    if error.reason == "STAGING_REQUIRED":
        return "; use --stage", "；请使用 --stage"
    if error.reason == "STATE" and error.metadata.get("state") in {"DISCARDED", "REVOKED"}:
        return "; to send the file once more, use --again 2 (then 3, …)", "；如需再次报送，请使用 --again 2（依次递增）"
    return "", ""


def as_json(message: Message) -> Any:  # noqa: ANN401 - plain values
    """Return a message as plain values, for programs."""
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def difference_lines(shown: pb.GetImportResponse) -> Iterable[str]:
    """Yield an import, what it would change and whom it would restrict, and what comes next."""
    batch, difference = shown.batch, shown.difference
    yield f"batch 批次 {batch.batch}  {STATES[batch.state]}  feed {batch.feed}"
    if not shown.HasField("difference"):
        return
    counts = {
        "新增 new": difference.new_records,
        "变更 changed": difference.changed,
        "无变化 unchanged": difference.unchanged,
        "终止 ended": difference.ended,
        "暂存待认领 held": difference.held,
        "退回 refused": difference.refused,
    }
    yield "  ".join(f"{name} {count}" for name, count in counts.items())
    whom = f"限制加重 restricted {difference.restricted}  限制减轻 relieved {difference.relieved}"
    yield f"{whom}  (自 from {difference.since})"
    for shift in shown.shifts:
        mark = "-" if shift.relieved else "+"
        effects = f"{EFFECTS[Effect(shift.effect_before)]} → {EFFECTS[Effect(shift.effect_after)]}"
        yield f"  {mark} {shift.uscc}  {effects}  {shift.name}"
    for ended in difference.ended_records[:20]:
        yield f"  × {ended.kind}  {ended.record_id}  {ended.uscc}"
    for refusal in difference.refusals[:20]:
        yield f"  row 行 {refusal.row}: {refusal.field}: {refusal.why.en} · {refusal.why.zh}"
    if batch.agreed_by:
        yield f"已同意 agreed by {batch.agreed_by}"
    second = ", 须第二人审批 by a second person" if difference.second_person else ""
    yield f"差异 difference {difference.digest[:SHOWN]}; next 下一步{second}:"
    yield f"  jsg import approve {batch.batch} --difference {difference.digest[:SHOWN]}"
