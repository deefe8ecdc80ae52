"""What a receipt's page says, row by row: the question, each measure of the answer, the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from formats.checkpoint import parse_checkpoint
from formats.civil import SHANGHAI, parse_instant
from formats.merkle import leaf_hash
from formats.note import decode_note
from formats.tlog_proof import decode_proof
from gateway.cli import page_words as words
from gateway.domain.call_record import body_of_item
from gateway.domain.vocabulary import Area, DecisionPoint, Effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from jointsanctions.v1 import common_pb2

    from formats.receipt import Receipt
    from gateway.cli.page_words import Pair

    Row = tuple[Pair, str | Pair]


def question_rows(envelope: Mapping[str, Any], body: Mapping[str, Any], line: Mapping[str, Any]) -> Iterator[Row]:
    """Yield who asked what, by the entry's envelope, its body, and the line of a batch that is shown."""
    caller, own = body.get("caller") or {}, body_of_item(body, line)
    yield words.AGENCY, f"{caller.get('agency', '')} / {caller.get('role', '')}"
    yield words.OFFICER, str(own.get("officer", ""))
    yield words.RECORDED_AT, moment(envelope["time"])
    yield words.CASE, str(own.get("case", ""))
    if body.get("area"):
        yield words.AREA, words.AREAS[Area(body["area"])]
    if body.get("point"):
        yield words.POINT, words.POINTS[DecisionPoint(body["point"])]
    yield words.ENTERPRISE, "、".join(map(str, line.get("enterprises") or body.get("enterprises") or ()))
    yield words.PURPOSE, str(own.get("purpose", ""))
    yield words.METHOD, str(body.get("method", ""))


def measure_rows(measure: common_pb2.Measure) -> Iterator[Row]:
    """Yield one measure: what is to be done, on what ground, how it ends and how to object."""
    effect = words.EFFECTS[Effect(measure.effect)]
    yield words.MEASURE, (f"{effect[0]}：{measure.instruction.zh}", f"{effect[1]}: {measure.instruction.en}")
    for basis in measure.legal_basis:
        article = f"第{basis.article}条" if basis.article[:1].isdigit() else basis.article
        yield words.RESTS_ON, f"{basis.title.zh} {article}（{basis.document} {basis.article}）"
    yield words.DECIDED_BY, f"{measure.authority} {measure.document_number}".strip()
    yield words.ENDS, (measure.ends_by.zh, measure.ends_by.en)
    yield words.REMEDY, (measure.remedy.zh, measure.remedy.en)
    if measure.disputed:
        yield words.MEASURE, words.DISPUTED


def proof_rows(receipt: Receipt) -> Iterator[Row]:
    """Yield where the entry stands in the log."""
    proof = decode_proof(receipt.proof)
    checkpoint = parse_checkpoint(decode_note(proof.checkpoint).text)
    yield words.LOG, checkpoint.origin
    yield words.INDEX, str(proof.index)
    yield words.LEAF, leaf_hash(receipt.envelope).hex()
    yield words.SIZE, str(checkpoint.size)
    yield words.ROOT, checkpoint.root.hex()
    yield words.KEY, receipt.key


def moment(instant: object) -> str:
    """Return an instant of the record as local time, with the offset."""
    local: datetime = parse_instant(str(instant)).astimezone(SHANGHAI)
    return local.strftime("%Y-%m-%d %H:%M:%S +08:00")
