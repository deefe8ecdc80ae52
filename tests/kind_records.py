"""Records of the wire that say what a fact says: the way back from ``rpc/record_kinds``, for any kind."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import listing_pb2
from jointsanctions.v1 import registry_pb2 as pb
from store_samples import FACTS, PROFILE, code

from gateway.domain import kinds
from gateway.domain.kinds.attributes import content_of
from gateway.domain.kinds.fact import PersonKey

if TYPE_CHECKING:
    from gateway.domain.kinds.fact import Fact

SAMPLES: dict[str, Fact] = {"enterprise": PROFILE, **{kind: fact for kind, fact in FACTS if kind in kinds.KINDS}}
"""A valid fact of every kind."""
PERSON = {"name": "示例甲", "document_type": "PASSPORT", "document_number": "E00000001"}


def record_of(fact: Fact, person: dict[str, str] = PERSON) -> pb.Record:
    """Return the record that carries *fact*; whoever it names is *person*."""
    record = pb.Record(
        row=1,
        source_key="k",
        uscc=code(1),
        name="示例一号建筑工程有限公司",
        authority=fact.authority or "示例局",
        document_number=fact.document_number or "1号",
    )
    message = getattr(record, fact.wire_name)
    message.SetInParent()
    for attribute in content_of(kinds.KINDS[fact.wire_name]):
        put(message, attribute.wire, getattr(fact, attribute.name), person, is_person=attribute.type is PersonKey)
    return record


def put(message: Any, name: str, value: Any, person: dict[str, str], *, is_person: bool = False) -> None:
    if value is None:
        return
    if is_person:
        getattr(message, name).CopyFrom(listing_pb2.PersonRef(**person))
    elif isinstance(value, tuple):
        getattr(message, name).extend(value)
    else:
        setattr(message, name, value.isoformat() if isinstance(value, date) else value)
