"""A reported outcome from the wire: what it must say, in its form.

Whether it fits together is decided in ``gateway.domain.outcomes``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import MalformedRequestError
from gateway.domain.outcomes import Fulfilled, FulfilmentKind, OutcomeKind
from gateway.rpc import fields
from gateway.rpc.case_requests import PART
from gateway.rpc.points import read_point
from gateway.rpc.questions import read_code
from gateway.services.relied_answer import AnswerPlace
from gateway.services.report_outcome import OutcomeReport

if TYPE_CHECKING:
    from jointsanctions.v1 import outcome_pb2 as pb

    from gateway.rpc.method import Call

HASH: Final = 32
"""Bytes of a leaf hash."""
OTHERS: Final = 64
"""Bytes of an id."""
NOTE: Final = 500


def read_report(request: pb.ReportOutcomeRequest, call: Call) -> OutcomeReport:
    """Return a reported outcome; what was understood is told to the record as it is read.

    Raises:
        AreaNotInMandateError: The mandate does not cover the area or the point.
        AuthorizationMissingError: There is no case number.
        MalformedRequestError: A field is missing, malformed or out of range.
    """
    area, point = read_point(request, call)
    call.told["request_id"] = fields.required(request.request_id, "request_id", 64)
    uscc, _ = read_code(request.uscc, "uscc")
    call.told["enterprises"] = [uscc]
    report = OutcomeReport(
        request_id=request.request_id,
        digest=hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest(),
        area=area,
        point=point,
        case_ref=fields.case_reference(request.case_ref, "case_ref"),
        uscc=uscc,
        officer=fields.required(request.officer, "officer", 64),
        answer=_place(request),
        kind=fields.word(OutcomeKind, request.outcome, "outcome"),
        decided_on=fields.civil_day(request.decided_on, "decided_on"),
        document_number=fields.text(request.document_number, "document_number", 128),
        conditions=_conditions(request),
        note=fields.text(request.note, "note", NOTE).strip(),
        supersedes=fields.text(request.supersedes, "supersedes", OTHERS),
        reexamined_ending=fields.text(request.reexamined_ending_id, "reexamined_ending_id", OTHERS),
        part=fields.text(request.part, "part", PART),
    )
    call.told["reported"] = _told(report)
    return report


def _place(request: pb.ReportOutcomeRequest) -> AnswerPlace:
    sent = request.answer
    for field, value, allowed in (
        ("leaf_hash", sent.leaf_hash, {HASH}),
        ("line_hash", sent.line_hash, {0, HASH}),
    ):
        if len(value) not in allowed:
            raise MalformedRequestError(f"answer.{field}", f"must be {HASH} bytes")
    return AnswerPlace(
        fields.required(sent.writer, "answer.writer", 64), sent.number, bytes(sent.leaf_hash), bytes(sent.line_hash)
    )


def _conditions(request: pb.ReportOutcomeRequest) -> tuple[Fulfilled, ...]:
    found: list[Fulfilled] = []
    for place, sent in enumerate(request.conditions):
        kind = fields.word(FulfilmentKind, sent.kind, f"conditions[{place}].kind")
        if kind in {each.kind for each in found}:
            raise MalformedRequestError(f"conditions[{place}].kind", "is named twice")
        found.append(Fulfilled(kind, fields.required(sent.text, f"conditions[{place}].text", 256)))
    return tuple(found)


def _told(report: OutcomeReport) -> dict[str, object]:
    told: dict[str, object] = {
        "writer": report.answer.writer,
        "number": str(report.answer.number),
        "kind": int(report.kind),
        "decided_on": report.decided_on.isoformat(),
        "document": report.document_number,
        "supersedes": report.supersedes,
        "ending": report.reexamined_ending,
        "part": report.part,
    }
    return {key: value for key, value in told.items() if value}
