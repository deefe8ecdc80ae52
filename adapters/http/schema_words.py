"""The words of which the schemas of the OpenAPI document are made; those of the contract's messages are made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf.descriptor import FieldDescriptor
from jointsanctions.v1 import common_pb2

from adapters.http.validation import Schema, names

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor

    from adapters.http.area import Area

MOST_NUMBER: Final = 2**53 - 1
"""The largest number that every JSON reader keeps exactly."""
JOURNAL_NUMBER: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": MOST_NUMBER}
CARRIED_BY: Final = "所依据的前一许可 Number of the grant that carries this act"
REVIEWED: Final = "已满足条件的查询号 Number of the check whose conditions were met"
_INSTANT: Final = "google.protobuf.Timestamp"
SCALARS: Final[dict[int, Schema]] = {
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
        one = dict(SCALARS[each.type])
    return {"type": "array", "items": one} if each.is_repeated else one


def question_schema(area: Area, case_ref: str, points: list[str], **further: Schema) -> Schema:
    """Return the schema of a question at these decision points, with further members."""
    return closed(
        ("decisionPoint", "caseRef", "officer"),
        area={"type": "string", "enum": [f"AREA_{area.name.upper()}"]},
        decisionPoint={"type": "string", "enum": points, "description": "决定环节 Decision point"},
        caseRef={**text("项目编号", "Case number of the asking system", 128), "pattern": f"^(?:{case_ref})$"},
        officer=text("经办人", "Officer who asks", 64),
        purpose=text("用途", "Purpose, for the record", 256, 0),
        **further,
    )


def answer_messages() -> dict[str, Schema]:
    """Return the components of answers that the contract itself describes."""
    return {
        "Measure": _answer_schema(common_pb2.Measure.DESCRIPTOR),
        "Incentive": _answer_schema(common_pb2.Incentive.DESCRIPTOR),
        "Grade": _answer_schema(common_pb2.Grade.DESCRIPTOR),
    }


def _answer_schema(message: Descriptor) -> Schema:
    """Return the schema of a message that is given, in which texts have no bound of ours."""
    found: Schema = _unbounded(message_schema(message))
    return found


def _unbounded(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(schema, dict):
        return {key: _unbounded(each) for key, each in schema.items() if key not in {"maxLength", "pattern"}}
    return schema
