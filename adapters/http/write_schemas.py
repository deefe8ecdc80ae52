"""The schemas of what is written: conditions met, outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor import FieldDescriptor
from jointsanctions.v1 import outcome_pb2

from adapters.http.schema_words import JOURNAL_NUMBER, SCALARS, closed, instant, text
from adapters.http.validation import names
from adapters.questions import MOST_PARTIES

if TYPE_CHECKING:
    from adapters.http.validation import Schema


def review_schema() -> Schema:
    """Return the schema of an officer's review."""
    officer, when = text("经办人", "Officer", 64), instant("时刻", "When, RFC 3339")
    reason = text("理由", "Reason", 500)
    return closed(("officer", "reason", "decidedAt"), officer=officer, reason=reason, decidedAt=when)


def heard_schema() -> Schema:
    """Return the schema of a hearing."""
    officer, when = text("经办人", "Officer", 64), instant("时刻", "When, RFC 3339")
    record = text("笔录编号", "Number of the record", 256)
    return closed(("officer", "recordNumber", "heardAt"), officer=officer, recordNumber=record, heardAt=when)


def fulfilment_schema() -> Schema:
    """Return the schema of what was done to meet conditions."""
    officer, when = text("经办人", "Officer", 64), instant("时刻", "When, RFC 3339")
    return closed(
        officerReview=review_schema(),
        security=closed(
            ("kind", "amountFen"),
            kind={"type": "string", "enum": ["BID_BOND", "PERFORMANCE_BOND", "WAGE_DEPOSIT"]},
            amountFen=SCALARS[FieldDescriptor.TYPE_INT64],
            ordinaryFen=SCALARS[FieldDescriptor.TYPE_INT64],
        ),
        existence=closed(
            ("usccs", "source", "reference", "confirmedAt"),
            usccs={
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_PARTIES + 1,
                "items": text("统一社会信用代码", "Code", 64),
            },
            source=text("来源", "Where it was confirmed", 256),
            reference=text("文号", "Number of the confirmation", 256),
            confirmedAt=when,
        ),
        convenienceWithheld=closed(("officer", "declaredAt"), officer=officer, declaredAt=when),
        heardParty=heard_schema(),
    )


def outcome_schema() -> Schema:
    """Return the schema of a report of what was done."""
    condition = closed(
        ("kind", "text"),
        kind={"type": "string", "enum": names(outcome_pb2.FulfilmentKind.keys())},
        text=text("所做之事", "What was done", 256),
    )
    return closed(
        ("check", "officer", "outcome", "decidedOn"),
        check={**JOURNAL_NUMBER, "description": "所依据的查询号 Number of the check that was relied upon"},
        officer=text("经办人", "Officer who decided", 64),
        outcome={"type": "string", "enum": names(outcome_pb2.OutcomeKind.keys())},
        decidedOn={"type": "string", "format": "date", "description": "决定日（北京时间） Civil date, Asia/Shanghai"},
        documentNumber=text("文书号", "Document number", 128, 0),
        conditions={"type": "array", "maxItems": 5, "items": condition},
        note=text("备注", "Note", 500, 0),
        supersedes=text("取代的结果号", "Id of the outcome that this one replaces", 64, 0),
        reexaminedEndingId=text("重新审查所因之终止", "Id of the ending on whose account", 64, 0),
    )
