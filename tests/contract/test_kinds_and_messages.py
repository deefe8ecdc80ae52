"""Every kind and its message of the contract say the same: names, types, what may be left out, and words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest
from google.protobuf.descriptor import FieldDescriptor
from jointsanctions.v1 import listing_pb2
from jointsanctions.v1 import record_pb2 as pb

from gateway.domain import kinds
from gateway.domain.kinds.attributes import attributes_of, content_of
from gateway.domain.kinds.fact import Fact, PersonKey, Uscc
from gateway.domain.vocabulary import Word

FIELDS = {field.name: field for field in pb.Record.DESCRIPTOR.oneofs_by_name["fact"].fields}
SOURCE = Path(pb.__file__).with_name("record.proto").read_text(encoding="utf-8")
ACTS = {"listing_act", "attachment"}
PAIRS = [
    pytest.param(attribute, FIELDS[name].message_type, id=f"{name}.{attribute.wire}")
    for name, kind in kinds.KINDS.items()
    for attribute in content_of(kind)
]


def test_the_kinds_are_those_of_the_contract_in_its_order():
    assert list(kinds.KINDS) == [name for name in FIELDS if name not in ACTS]
    assert sorted(field.number for field in FIELDS.values()) == [field.number for field in FIELDS.values()]


@pytest.mark.parametrize("name", kinds.KINDS)
def test_a_kind_and_its_message_have_the_same_fields(name):
    assert {each.wire for each in content_of(kinds.KINDS[name])} == set(FIELDS[name].message_type.fields_by_name)


@pytest.mark.parametrize("name", kinds.KINDS)
def test_a_kind_says_between_which_of_its_dates_it_holds(name):
    kind = kinds.KINDS[name]
    dates = {each.name: each for each in attributes_of(kind) if each.type is date}
    assert not dates[kind.begins].optional
    assert kind.ends in {"", *dates}


@pytest.mark.parametrize("name", kinds.KINDS)
def test_a_module_is_named_as_its_kind_is_on_the_wire(name):
    assert kinds.KINDS[name].__module__ == f"gateway.domain.kinds.{name}"


@pytest.mark.parametrize(("attribute", "message"), PAIRS)
def test_a_field_has_the_type_that_carries_it(attribute, message):
    field = message.fields_by_name[attribute.wire]
    kind = attribute.type
    assert field.is_repeated == attribute.repeated
    if kind is PersonKey:
        assert field.message_type is listing_pb2.PersonRef.DESCRIPTOR
    elif kind is bool:
        assert field.type == FieldDescriptor.TYPE_BOOL
    elif kind is int:
        assert field.type in {FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_INT64}
    elif kind in {date, str, Uscc} or issubclass(kind, StrEnum):
        assert field.type == FieldDescriptor.TYPE_STRING
    else:
        assert issubclass(kind, Word)
        assert field.enum_type.name == kind.__name__


@pytest.mark.parametrize(("attribute", "message"), PAIRS)
def test_what_unset_would_be_read_as_something_tells_unset_from_set(attribute, message):
    field = message.fields_by_name[attribute.wire]
    needed = attribute.type in {bool, PersonKey} or (
        attribute.type is int and (attribute.optional or attribute.least <= 0)
    )
    assert field.has_presence == needed


@pytest.mark.parametrize(("attribute", "message"), PAIRS)
def test_a_name_says_what_a_text_or_number_is(attribute, message):
    name = attribute.wire
    assert (attribute.type is date) == (name.endswith(("_on", "_from", "until")))
    assert (attribute.type is Uscc) == name.endswith("_uscc")
    if name.endswith("_fen"):
        assert message.fields_by_name[name].type == FieldDescriptor.TYPE_INT64


@pytest.mark.parametrize("name", kinds.KINDS)
def test_every_word_stands_in_the_contract(name):
    words = {
        word
        for each in content_of(kinds.KINDS[name])
        if isinstance(each.type, type) and issubclass(each.type, StrEnum)
        for word in each.type
    }
    assert {word for word in words if word not in SOURCE} == set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rumour(Fact):
    """A text without a limit: no kind can be made of it."""

    heard: str


def test_a_text_without_a_limit_is_no_kind():
    with pytest.raises(TypeError, match=r"Rumour\.heard"):
        attributes_of(Rumour)
