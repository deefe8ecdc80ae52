"""Where a mapping may put a value: the fields of ``Record`` and of its facts, each with how its text is read.

All of it is read off the wire contract, so that a field added there can be mapped at once. A field is written ``uscc``,
``name``, ``authority`` or ``document_number``, or ``fact.`` and its path in the fact, such as
``fact.chain.order_number`` or ``fact.persons.name`` (of a repeated person: the first).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import record_pb2

from formats.civil import parse_instant
from gateway.cli.import_values import (
    ValueFault,
    amount_value,
    code_value,
    count_value,
    date_value,
    flag_value,
    text_value,
    word_value,
)
from gateway.domain import kinds
from gateway.domain.kinds.attributes import content_of
from gateway.domain.kinds.fact import DOCUMENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from google.protobuf.descriptor import Descriptor, EnumDescriptor
    from google.protobuf.message import Message

KINDS: Final = tuple(field.name for field in record_pb2.Record.DESCRIPTOR.oneofs_by_name["fact"].fields)
"""The kinds of record, by their names on the wire: ``enterprise``, ``complaint``, ``listing_act``, …"""

NOTICE: Final = "published_notice"
"""The one kind that may come without a code."""

_RECORD_FIELDS: Final = ("uscc", "name", "authority", "document_number")


def _words() -> dict[str, tuple[str, ...]]:
    """Return the words that a text of the contract may be, by message and field: the kinds say which."""
    found: dict[str, tuple[str, ...]] = {"PersonRef.document_type": DOCUMENT_TYPES}
    for name, kind in kinds.KINDS.items():
        message = record_pb2.Record.DESCRIPTOR.fields_by_name[name].message_type
        assert message is not None  # noqa: S101 - every fact is a message
        for attribute in content_of(kind):
            if isinstance(attribute.type, type) and issubclass(attribute.type, StrEnum):
                found[f"{message.name}.{attribute.wire}"] = tuple(attribute.type)
    return found


_WORDS: Final[Mapping[str, tuple[str, ...]]] = _words()


@dataclass(frozen=True, slots=True)
class Forms:
    """How a source writes: allowed forms of dates, unit of amounts (empty: it has none), how sound codes must be."""

    dates: tuple[str, ...]
    amount_unit: str
    codes: str


@dataclass(frozen=True, slots=True)
class Target:
    """One field, and how its text is read.

    ``path`` is the way from the record, such as ``("listing_act", "chain", "order_number")``. ``type_name`` is the
    type that the mapping's errors speak of; ``read`` raises ``ValueFault``.
    """

    path: tuple[str, ...]
    type_name: str
    read: Callable[[str], object]


def typed(type_name: str, forms: Forms) -> Callable[[str], object]:
    """Return how a text of this type is read: text, date, amount, count or flag.

    Raises:
        ValueError: No such type, or *forms* lacks what it needs.
    """
    if type_name == "date":
        if not forms.dates:
            raise ValueError("there is a column of dates, and dates = […] does not say how they are written")
        return partial(date_value, forms=forms.dates)
    if type_name == "amount":
        if not forms.amount_unit:
            raise ValueError("there is a column of amounts, and amount_unit does not say in which unit")
        return partial(amount_value, unit=forms.amount_unit)
    plain: Mapping[str, Callable[[str], object]] = {"text": text_value, "count": count_value, "flag": flag_value}
    if type_name not in plain:
        raise ValueError(f"there is no type {type_name!r}: text, date, amount, count, flag")
    return plain[type_name]


def target(kind: str, field: str, forms: Forms) -> Target:
    """Return the field named *field* of a record of *kind*.

    Raises:
        ValueError: No such field, or *forms* lacks what it needs.
    """
    if field in _RECORD_FIELDS:
        if field == "uscc":
            return Target((field,), "code", partial(code_value, rule=forms.codes))
        return Target((field,), "text", text_value)
    first, *names = field.split(".")
    if first != "fact" or not names:
        raise ValueError(f"there is no field {field!r}: {', '.join(_RECORD_FIELDS)} or fact.… are fields")
    path = (kind, *names)
    leaf = _leaf(record_pb2.Record.DESCRIPTOR, path, field)
    type_name, read = _reading(leaf, forms)
    return Target(path, type_name, read)


def _leaf(message: Descriptor, path: tuple[str, ...], field: str) -> FieldDescriptor:
    for name in path[:-1]:
        inner = message.fields_by_name.get(name)
        if inner is None or inner.message_type is None or inner.message_type is Timestamp.DESCRIPTOR:
            raise ValueError(f"a record of kind {path[0]} has no field {field!r}")
        message = inner.message_type
    leaf = message.fields_by_name.get(path[-1])
    if leaf is None or (leaf.message_type is not None and leaf.message_type is not Timestamp.DESCRIPTOR):
        raise ValueError(f"a record of kind {path[0]} has no field {field!r} that one value fits")
    return leaf


def _reading(leaf: FieldDescriptor, forms: Forms) -> tuple[str, Callable[[str], object]]:
    if leaf.message_type is not None:
        return "instant", _instant
    if leaf.enum_type is not None:
        return "word", partial(_enum_number, numbers=_numbers(leaf.enum_type))
    words = _WORDS.get(f"{leaf.containing_type.name}.{leaf.name}") if leaf.containing_type else None
    if words is not None:
        return "word", partial(word_value, words=words)
    type_name = _type_by_name(leaf)
    if type_name == "code":
        return type_name, partial(code_value, rule="plausible")
    return type_name, typed(type_name, forms)


def _type_by_name(leaf: FieldDescriptor) -> str:
    """Names end as house style has it: dates in _on, _from or until, amounts in _fen, codes in _uscc."""
    if leaf.type == FieldDescriptor.TYPE_BOOL:
        return "flag"
    if leaf.type != FieldDescriptor.TYPE_STRING:
        return "amount" if leaf.name.endswith("_fen") else "count"
    if leaf.name == "on" or leaf.name.endswith(("_on", "_from", "until")):
        return "date"
    return "code" if leaf.name.endswith("_uscc") else "text"


def _numbers(words: EnumDescriptor) -> dict[str, int]:
    """Return an enum's numbers by its names without the enum's own name before them; its zero is no value."""
    prefix = words.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {value.name.removeprefix(prefix): value.number for value in words.values if value.number}


def _enum_number(text: str, numbers: Mapping[str, int]) -> int:
    return numbers[word_value(text, tuple(numbers))]


def _instant(text: str) -> Timestamp:
    try:
        instant = parse_instant(text)
    except ValueError:
        raise ValueFault("not an instant such as 2026-11-24T08:00:00Z", "不是带时区的时刻") from None
    stamp = Timestamp()
    stamp.FromDatetime(instant)
    return stamp


def put(record: record_pb2.Record, path: tuple[str, ...], value: object) -> None:
    """Set the field at *path* of *record*; of a repeated message, of its first element, which is made when needed.

    A field of several words gets one more.
    """
    message: Message = record
    for name in path[:-1]:
        inner: Any = getattr(message, name)
        if hasattr(inner, "add"):
            inner = inner[0] if inner else inner.add()
        message = inner
    leaf: Any = getattr(message, path[-1])
    if isinstance(value, Timestamp):
        leaf.CopyFrom(value)
    elif hasattr(leaf, "append"):
        leaf.append(value)
    else:
        setattr(message, path[-1], value)
