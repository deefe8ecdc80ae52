"""The schemas of what the side-car takes. Those of the contract's messages are made of the contract itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from google.protobuf.descriptor import FieldDescriptor
from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.http.person_schemas import person_schemas
from adapters.http.schema_words import (
    CARRIED_BY,
    JOURNAL_NUMBER,
    REVIEWED,
    SCALARS,
    closed,
    message_schema,
    question_schema,
    ref,
    text,
)
from adapters.http.write_schemas import fulfilment_schema, outcome_schema
from adapters.questions import MOST_PARTIES

if TYPE_CHECKING:
    from adapters.http.area import Area, Point
    from adapters.http.validation import Schema

MOST_ITEMS: Final = 1000
"""Items of one batch."""


def applicant_schema(area: Area) -> dict[str, Schema]:
    """Return the members by which a request names who applies; only where there are consortia has it members."""
    parties = {"type": "array", "maxItems": MOST_PARTIES}
    members = {"consortiumMembers": {**parties, "items": ref("EnterpriseRef")}} if area.consortia else {}
    related = {**parties, "items": ref("RelatedParty")}
    return {"enterprise": ref("EnterpriseRef"), **members, "relatedParties": related}


def facts_schema(area: Area) -> dict[str, Schema]:
    """Return the member that holds facts of the case; none where the area has none."""
    return {"caseFacts": ref("CaseFacts")} if area.facts else {}


def part_schema(area: Area) -> dict[str, Schema]:
    """Return the member that names a part of the case; none where facts name it, or cases have no parts."""
    return {"part": text(*area.part_is, 64, 0)} if area.part_is else {}


def request_schemas(area: Area, case_ref: str) -> dict[str, Schema]:
    """Return the components that requests are held against; *case_ref* is the pattern of case numbers."""
    applicant, facts = applicant_schema(area), facts_schema(area)
    item = closed(("itemId", "enterprise"), itemId=text("条目号", "Item id", 64), **applicant, **facts)
    question = question_schema(area, case_ref, area.points(), **facts, **part_schema(area))
    if area.secured:
        ordinary = {**SCALARS[FieldDescriptor.TYPE_INT64], "description": "通常金额（分） Ordinary amount in fen"}
        question["properties"]["ordinaryFen"] = ordinary
        question["required"].append("ordinaryFen")
    carried = any(each is not None for each in area.acts.values())
    carrying = {"carriedBy": {**JOURNAL_NUMBER, "description": CARRIED_BY}} if carried else {}
    found: dict[str, Schema] = {
        "EnterpriseRef": closed(
            ("uscc",),
            uscc=text("统一社会信用代码", "Unified social credit code", 64),
            name=text("全称，用于比对", "Full name, to compare", 300, 0),
        ),
        "RelatedParty": closed(
            ("enterprise", "relation"), enterprise=ref("EnterpriseRef"), relation=text("关系", "Relation", 64)
        ),
        "Question": question,
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
            reviewed={**JOURNAL_NUMBER, "description": REVIEWED},
            **carrying,
        ),
        "FulfilmentRequest": fulfilment_schema(),
        "OutcomeRequest": outcome_schema(),
    }
    if area.ocds:
        found["OcdsRequest"] = _ocds()
    if area.wages is not None:
        found |= _wages(area, case_ref, area.wages)
    if area.persons:
        found |= person_schemas(area, case_ref, facts)
    described = credit_pb2.CaseFacts.DESCRIPTOR.fields_by_name[area.facts].message_type if area.facts else None
    if described is not None:
        found |= {"CaseFacts": closed((), **{area.facts: ref("AreaFacts")}), "AreaFacts": message_schema(described)}
    return found


def _wages(area: Area, case_ref: str, point: Point) -> dict[str, Schema]:
    points = [common_pb2.DecisionPoint.Name(point)]
    return {
        "WageQuestion": question_schema(area, case_ref, points, **part_schema(area)),
        "WageRequest": closed(("question", "enterprise"), question=ref("WageQuestion"), **applicant_schema(area)),
    }


def _ocds() -> Schema:
    return closed(
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
    )
