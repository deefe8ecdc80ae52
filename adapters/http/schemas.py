"""The schemas of what the side-car takes. Those of the contract's messages are made of the contract itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf.descriptor import FieldDescriptor
from jointsanctions.v1 import common_pb2, credit_pb2, outcome_pb2

from adapters.http.validation import Schema, names
from adapters.questions import MOST_PARTIES
from adapters.rules import point_name

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor

    from adapters.http.areas import Area

MOST_NUMBER: Final = 2**53 - 1
"""The largest number that every JSON reader keeps exactly."""
MOST_ITEMS: Final = 1000
_INSTANT: Final = "google.protobuf.Timestamp"
_SCALARS: Final[dict[int, Schema]] = {
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_STRING: {"type": "string", "maxLength": 300},
    FieldDescriptor.TYPE_INT64: {"type": "string", "pattern": "^(0|[1-9][0-9]{0,17})$"},
    FieldDescriptor.TYPE_UINT64: {"type": "string", "pattern": "^(0|[1-9][0-9]{0,19})$"},
    FieldDescriptor.TYPE_BYTES: {"type": "string"},
    FieldDescriptor.TYPE_INT32: {"type": "integer"},
    FieldDescriptor.TYPE_UINT32: {"type": "integer"},
}


def ref(name: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def text(zh: str, en: str, most: int, least: int = 1) -> Schema:
    """Return the schema of a text of so many characters."""
    return {"type": "string", "minLength": least, "maxLength": most, "description": f"{zh} {en}"}


def instant(zh: str, en: str) -> Schema:
    """Return the schema of an instant, RFC 3339."""
    return {"type": "string", "format": "date-time", "description": f"{zh} {en}"}


def closed(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """Return the schema of an object with these members and no others."""
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | ({"required": list(required)} if required else {})


def message_schema(message: Descriptor) -> Schema:
    """Return the schema of a message in the proto JSON mapping, no member required."""
    properties = {str(each.json_name): _field_schema(each) for each in message.fields}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _field_schema(each: Any) -> Schema:  # noqa: ANN401 - the descriptor's classes differ by implementation
    if each.message_type is not None:
        one = instant("时刻", "Instant, RFC 3339") if each.message_type.full_name == _INSTANT else None
        one = one or message_schema(each.message_type)
    elif each.enum_type is not None:
        one = {"type": "string", "enum": names(each.enum_type.values_by_name)}
    else:
        one = dict(_SCALARS[each.type])
    return {"type": "array", "items": one} if each.is_repeated else one


def _answer_schema(message: Descriptor) -> Schema:
    """Return the schema of a message that is given, in which texts have no bound of ours."""
    found: Schema = _unbounded(message_schema(message))
    return found


def _unbounded(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(schema, dict):
        return {key: _unbounded(each) for key, each in schema.items() if key not in {"maxLength", "pattern"}}
    return schema


def request_schemas(area: Area, case_ref: str) -> dict[str, Schema]:
    """Return the components that requests are held against; *case_ref* is the pattern of case numbers."""
    rules = [point for point in common_pb2.DecisionPoint.values() if point_name(point).startswith(area.name.upper())]
    points = [common_pb2.DecisionPoint.Name(point) for point in rules]
    facts_of = {area.facts: ref("AreaFacts")} if area.facts else {}
    parties = {"type": "array", "maxItems": MOST_PARTIES}
    applicant = {
        "enterprise": ref("EnterpriseRef"),
        "consortiumMembers": {**parties, "items": ref("EnterpriseRef")},
        "relatedParties": {**parties, "items": ref("RelatedParty")},
    }
    item = closed(
        ("itemId", "enterprise"), itemId=text("条目号", "Item id", 64), **applicant, caseFacts=ref("CaseFacts")
    )
    journal_number = {"type": "integer", "minimum": 1, "maximum": MOST_NUMBER}
    found: dict[str, Schema] = {
        "EnterpriseRef": closed(
            ("uscc",),
            uscc=text("统一社会信用代码", "Unified social credit code", 64),
            name=text("全称，用于比对", "Full name, to compare", 300, 0),
        ),
        "RelatedParty": closed(
            ("enterprise", "relation"), enterprise=ref("EnterpriseRef"), relation=text("关系", "Relation", 64)
        ),
        "CaseFacts": closed((), **facts_of),
        "Question": closed(
            ("decisionPoint", "caseRef", "officer"),
            area={"type": "string", "enum": [f"AREA_{area.name.upper()}"]},
            decisionPoint={"type": "string", "enum": points, "description": "决定环节 Decision point"},
            caseRef={**text("项目编号", "Case number of the asking system", 128), "pattern": f"^(?:{case_ref})$"},
            officer=text("经办人", "Officer who asks", 64),
            purpose=text("用途", "Purpose, for the record", 256, 0),
            caseFacts=ref("CaseFacts"),
        ),
        "CheckRequest": closed(("question", "enterprise"), question=ref("Question"), **applicant),
        "BatchRequest": closed(
            ("question", "items"),
            question=ref("Question"),
            items={"type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": ref("BatchItem")},
        ),
        "BatchItem": item,
        "GrantRequest": closed(
            ("question", "enterprise"),
            question=ref("Question"),
            **applicant,
            reviewed={
                **journal_number,
                "description": "已满足条件的查询号 Number of the check whose conditions were met",
            },
            carriedBy={**journal_number, "description": "所依据的前一许可 Number of the grant that carries this act"},
        ),
        "FulfilmentRequest": _fulfilment(),
        "OutcomeRequest": _outcome(journal_number),
        "OcdsRequest": closed(
            ("question", "release"),
            question=ref("Question"),
            consortium={
                "type": "object",
                "maxProperties": MOST_ITEMS,
                "additionalProperties": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MOST_PARTIES,
                    "items": text("成员的 party id", "Party id of a member", 256),
                },
                "description": "联合体牵头方及其成员 Party id of each consortium's lead, with those of its members",
            },
            release={"type": "object", "description": "OCDS 1.1 release 或 release package"},
        ),
    }
    described = credit_pb2.CaseFacts.DESCRIPTOR.fields_by_name[area.facts].message_type if area.facts else None
    if described is not None:
        found["AreaFacts"] = message_schema(described)
    return found


def _fulfilment() -> Schema:
    officer, when = text("经办人", "Officer", 64), instant("时刻", "When, RFC 3339")
    return closed(
        officerReview=closed(
            ("officer", "reason", "decidedAt"), officer=officer, reason=text("理由", "Reason", 500), decidedAt=when
        ),
        security=closed(
            ("kind", "amountFen"),
            kind={"type": "string", "enum": ["BID_BOND", "PERFORMANCE_BOND", "WAGE_DEPOSIT"]},
            amountFen=_SCALARS[FieldDescriptor.TYPE_INT64],
            ordinaryFen=_SCALARS[FieldDescriptor.TYPE_INT64],
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
        heardParty=closed(
            ("officer", "recordNumber", "heardAt"),
            officer=officer,
            recordNumber=text("笔录编号", "Number of the record", 256),
            heardAt=when,
        ),
    )


def _outcome(journal_number: Schema) -> Schema:
    condition = closed(
        ("kind", "text"),
        kind={"type": "string", "enum": names(outcome_pb2.FulfilmentKind.keys())},
        text=text("所做之事", "What was done", 256),
    )
    return closed(
        ("check", "officer", "outcome", "decidedOn"),
        check={**journal_number, "description": "所依据的查询号 Number of the check that was relied upon"},
        officer=text("经办人", "Officer who decided", 64),
        outcome={"type": "string", "enum": names(outcome_pb2.OutcomeKind.keys())},
        decidedOn={"type": "string", "format": "date", "description": "决定日（北京时间） Civil date, Asia/Shanghai"},
        documentNumber=text("文书号", "Document number", 128, 0),
        conditions={"type": "array", "maxItems": 5, "items": condition},
        note=text("备注", "Note", 500, 0),
        supersedes=text("取代的结果号", "Id of the outcome that this one replaces", 64, 0),
        reexaminedEndingId=text("重新审查所因之终止", "Id of the ending on whose account", 64, 0),
    )


def answer_messages() -> dict[str, Schema]:
    """Return the components of answers that the contract itself describes."""
    return {
        "Measure": _answer_schema(common_pb2.Measure.DESCRIPTOR),
        "Incentive": _answer_schema(common_pb2.Incentive.DESCRIPTOR),
        "Grade": _answer_schema(common_pb2.Grade.DESCRIPTOR),
    }
