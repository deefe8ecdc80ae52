"""The schemas of what the side-car gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2, credit_pb2, ending_pb2

from adapters.http.area_answers import BESIDE, wage_schemas
from adapters.http.problems import TABLE, URN
from adapters.http.schema_words import answer_messages, closed, instant, ref
from adapters.http.validation import names

if TYPE_CHECKING:
    from adapters.http.area import Area
    from adapters.http.validation import Schema

_TEXT: Final[Schema] = {"type": "string"}
_FLAG: Final[Schema] = {"type": "boolean"}
_NUMBER: Final[Schema] = {"type": "integer", "minimum": 1}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_MODE: Final[Schema] = {"type": "string", "enum": ["observe", "enforce"], "description": "模式 Mode"}
_HASH: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256"}
_VERDICT: Final[Schema] = {"type": "string", "enum": names(common_pb2.Verdict.keys()), "description": "结论 Verdict"}
_COUNTS: Final[Schema] = {"type": "object", "additionalProperties": _COUNT}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def answer_schemas(area: Area) -> dict[str, Schema]:
    """Return the components of every answer of an area and of problems."""
    as_of = instant("所问时刻", "Moment asked about")
    until = instant("此刻前有效", "It holds before this instant")
    grounds = {"auditPosition": ref("AuditPosition"), "answerDigest": _HASH, "asOf": as_of, "validUntil": until}
    case = {"decisionPoint": _TEXT, "caseRef": _TEXT, "part": _TEXT, "officer": _TEXT}
    standing = {"type": "string", "enum": ["CLEARED", "CONDITIONAL", "RESTRICTED", "UNVERIFIABLE", "OBSERVED"]}
    outcome = closed(
        ("kind", "decidedAt", "officer", "details", "reported"),
        kind=_TEXT,
        decidedAt=instant("时刻", "When"),
        officer=_TEXT,
        details={"type": "object", "additionalProperties": _TEXT},
        reported=_FLAG,
    )
    answer = {
        "number": {**_NUMBER, "description": "台账查询号 The journal's number"},
        "standing": standing,
        "mayProceed": {
            **_FLAG,
            "description": "可否继续；观察模式下不拦 Whether to go ahead; nothing is stopped in observe mode",
        },
        "verdict": _VERDICT,
        "because": _list(_TEXT),
        "measures": _list(ref("Measure")),
        "missing": {**_list(_TEXT), "description": "尚缺的条件 What the conditions still lack"},
        "incentives": _list(ref("Incentive")),
        "dataRevision": _TEXT,
        "grade": ref("Grade"),
        "wouldBeStoppedBy": _TEXT,
        **BESIDE.get(area.beside, {}),
        **grounds,
    }
    needed = ("number", "standing", "mayProceed", "verdict", "measures", "missing", "auditPosition", "answerDigest")
    made = {
        "AuditPosition": closed(
            ("writer", "number", "leafHash"), writer=_TEXT, number=_TEXT, leafHash=_HASH, lineHash=_HASH
        ),
        "Answer": closed(needed, **answer),
        "CheckAnswer": closed((*needed, "mode"), **answer, mode=_MODE),
        "BatchAnswer": closed(
            ("items", "oneRevision", "mode"),
            items=_list(closed(("itemId",), itemId=_TEXT, answer=ref("Answer"), problem=ref("Problem"))),
            oneRevision={**_FLAG, "description": "全部依据同一数据版本 All rest on one data revision"},
            mode=_MODE,
        ),
        "CheckRecord": closed(
            ("number", "askedAt", "decisionPoint", "caseRef", "enterprise", "parties", "outcomes"),
            number=_NUMBER,
            askedAt=instant("发问时刻", "When it was asked"),
            **case,
            enterprise=_TEXT,
            parties=_list(_TEXT),
            outcomes=_list(outcome),
            failure={**_TEXT, "description": "为何没有答复 Why there was no answer"},
            failedAt=instant("时刻", "When"),
            verdict=_VERDICT,
            fault=_TEXT,
            **grounds,
        ),
        "Fulfilment": closed(
            ("number", "standing", "mayProceed"), number=_NUMBER, standing=standing, mayProceed=_FLAG, validUntil=until
        ),
        "Grant": closed(
            ("number", "mayProceed", "mode", "parties", "verdict", "auditPosition", "answerDigest"),
            number=_NUMBER,
            mayProceed=_FLAG,
            mode=_MODE,
            **case,
            parties=_list(_TEXT),
            verdict=_VERDICT,
            **grounds,
            grantedAt=instant("许可时刻", "When it was granted"),
            wouldBeStoppedBy=_TEXT,
        ),
        "Outcome": closed(("check", "outcomeId", "reportedAt"), check=_NUMBER, outcomeId=_TEXT, reportedAt=_TEXT),
    }
    if area.persons:
        kinds = _list({"type": "string", "enum": names(credit_pb2.PersonConditionKind.keys())})
        conditions = {
            **kinds,
            "description": "关于人的答复：经办人须先做之事 About a person: what an officer has to do first",
        }
        made["Answer"] = closed(needed, **answer, conditions=conditions)
        made["PersonAnswer"] = closed((*needed, "conditions", "mode"), **answer, conditions=conditions, mode=_MODE)
    return {**answer_messages(), **made, **(wage_schemas() if area.wages is not None else {}), **_looked_at()}


def _looked_at() -> dict[str, Schema]:
    ending = closed(
        ("endingId", "kind", "uscc", "endedAt", "caseRefs", "reexamine"),
        endingId=_TEXT,
        kind={"type": "string", "enum": names(ending_pb2.EndingKind.keys())},
        uscc=_TEXT,
        recordId=_TEXT,
        documentNumber=_TEXT,
        endedAt=instant("终止时刻", "When it ended"),
        caseRefs=_list(_TEXT),
        reexamine={**_FLAG, "description": "须重新审查 Decisions on it have to be examined again"},
    )
    stop = closed(
        ("number", "observedAt", "reason", "verdict", "decisionPoint", "caseRef", "enterprise", "officer"),
        number=_NUMBER,
        observedAt=instant("时刻", "When"),
        reason=_TEXT,
        verdict=_VERDICT,
        decisionPoint=_TEXT,
        caseRef=_TEXT,
        part=_TEXT,
        enterprise=_TEXT,
        officer=_TEXT,
    )
    ways = {"alive": _FLAG, "ready": _FLAG, "journal": _FLAG, "gateway": _FLAG, "area": _TEXT, "mode": _MODE}
    problem: Schema = {
        "type": "object",
        "required": ["type", "title", "status", "detail", "texts", "reason"],
        "properties": {
            "type": {"type": "string", "enum": [URN + reason for reason in TABLE]},
            "title": _TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": _TEXT,
            "texts": closed(("zh", "en"), zh=_TEXT, en=_TEXT),
            "reason": {"type": "string", "enum": list(TABLE)},
            "field": {"type": "string", "description": "出错的字段 Field at fault"},
            "answer": ref("Answer"),
        },
        "additionalProperties": True,
        "description": "RFC 9457",
    }
    return {
        "Endings": closed(("endings", "more"), endings=_list(ending), more=_FLAG),
        "ObservedDay": closed(
            ("mode", "date", "questions", "wouldBeStopped", "byReason", "byDecisionPoint", "stops"),
            mode=_MODE,
            date={"type": "string", "format": "date"},
            questions=_COUNT,
            wouldBeStopped=_COUNT,
            byReason=_COUNTS,
            byDecisionPoint=_COUNTS,
            stops=_list(stop),
        ),
        "Health": closed(tuple(ways), **ways),
        "Problem": problem,
    }
