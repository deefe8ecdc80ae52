"""A record in the JSON form of protobuf, read strictly.

A field may be named as in the proto or in camel case; numbers are written whole, as numbers or as text; null is a field
that was not sent. Whatever else is found, an unknown field or a value of another type included, is an error that names
the field. Protobuf's own reader takes four times as long, and a city's import reads millions; a test holds both to
each other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import registry_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from google.protobuf.descriptor import Descriptor

_FACTS: Final = frozenset(field.name for field in registry_pb2.Record.DESCRIPTOR.oneofs_by_name["fact"].fields)


class NoRecordError(Exception):
    """A text is no record: the field at fault, empty for the text as a whole, and why in both languages."""

    def __init__(self, field: str, en: str, zh: str) -> None:
        super().__init__(field, en)
        self.field = field
        self.en = en
        self.zh = zh


def read_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the value that *text* states; every name of an object comes once.

    Raises:
        ValueError, RecursionError: It states none.
    """
    return _decoder.decode(text)


def read_record(text: str) -> registry_pb2.Record:
    """Return the record that *text* states.

    Raises:
        NoRecordError: It states none.
    """
    try:
        value = read_json(text)
    except RecursionError:
        raise NoRecordError("", "not JSON: nested too deeply", "不是JSON：嵌套过深") from None
    except ValueError as error:
        where = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        raise NoRecordError("", f"not a JSON object with each name once{where}", f"不是JSON对象{where}") from None
    fields = _read_record(value, "")
    facts = sorted(_FACTS & fields.keys())
    if len(facts) > 1:
        raise NoRecordError(facts[1], f"a record has one fact, and there is {facts[0]} too", "一条记录只能有一项事实")
    try:
        return registry_pb2.Record(**fields)
    except (ValueError, TypeError):
        # Lone surrogates and whatever else only protobuf itself finds.
        raise NoRecordError("", "a value that the record cannot hold", "含有无法保存的值") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_decoder: Final = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


def _reader(message: Descriptor) -> Callable[[Any, str], dict[str, Any]]:
    """Return what reads a JSON object into the fields of *message*."""
    fields = {name: (field.name, _value_reader(field)) for field in message.fields for name in _names(field)}

    def read(value: Any, path: str) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        if type(value) is not dict:
            raise NoRecordError(path.rstrip("."), "an object is expected", "应为对象")
        found: dict[str, Any] = {}
        for key, item in value.items():
            known = fields.get(key)
            if known is None:
                raise NoRecordError(f"{path}{key[:40]}", "there is no such field", "没有此字段")
            if item is None:
                continue
            name, take = known
            if name in found:
                raise NoRecordError(f"{path}{name}", "comes twice, under both of its names", "字段重复")
            found[name] = take(item, f"{path}{name}") if take else _text(item, path, name)
        return found

    return read


def _names(field: FieldDescriptor) -> set[str]:
    return {field.name, field.json_name}


def _text(value: object, path: str, name: str) -> str:
    if type(value) is not str:
        raise NoRecordError(f"{path}{name}", "a text is expected", "应为文本")
    return value


def _listed_text(value: object, path: str) -> str:
    return _text(value, "", path)


def _value_reader(field: FieldDescriptor) -> Callable[[Any, str], object] | None:
    """Return what reads one value; None for a text, which is taken as it is."""
    single = _single_reader(field)
    if not field.is_repeated:
        return single
    one = single or _listed_text

    def read(value: Any, path: str) -> list[object]:  # noqa: ANN401 - any JSON
        if type(value) is not list:
            raise NoRecordError(path, "a list is expected", "应为数组")
        return [one(item, f"{path}[{place}]") for place, item in enumerate(value)]

    return read


def _single_reader(field: FieldDescriptor) -> Callable[[Any, str], object] | None:
    if field.message_type is Timestamp.DESCRIPTOR:
        return _instant
    if field.message_type is not None:
        inner = _reader(field.message_type)
        return lambda value, path: inner(value, f"{path}.")
    if field.enum_type is not None:
        return _word(field.enum_type.values_by_name, frozenset(field.enum_type.values_by_number))
    if field.type == FieldDescriptor.TYPE_STRING:
        return None
    if field.type == FieldDescriptor.TYPE_BOOL:
        return _flag
    return _whole(*_RANGES[field.type])


_RANGES: Final[dict[int, tuple[int, int]]] = {
    FieldDescriptor.TYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.TYPE_INT64: (-(2**63), 2**63 - 1),
}
"""Of the types of numbers that records have."""


def _whole(least: int, most: int) -> Callable[[Any, str], int]:
    def read(value: Any, path: str) -> int:  # noqa: ANN401 - any JSON
        digits = value.removeprefix("-") if type(value) is str else ""
        if digits.isascii() and digits.isdecimal() and len(digits) < 20:
            value = int(value)
        if type(value) is not int or not least <= value <= most:
            raise NoRecordError(path, f"a whole number from {least} to {most} is expected", "应为整数，或超出范围")
        return value

    return read


def _word(names: Mapping[str, object], numbers: frozenset[int]) -> Callable[[Any, str], object]:
    def read(value: Any, path: str) -> object:  # noqa: ANN401 - any JSON
        if (type(value) is str and value in names) or (type(value) is int and value in numbers):
            return value
        raise NoRecordError(path, "there is no such word", "没有此取值")

    return read


def _flag(value: object, path: str) -> bool:
    if type(value) is not bool:
        raise NoRecordError(path, "true or false is expected", "应为true或false")
    return value


def _instant(value: object, path: str) -> Timestamp:
    stamp = Timestamp()
    try:
        stamp.FromJsonString(value if type(value) is str else "")
    except (ValueError, OverflowError):
        raise NoRecordError(path, "an instant such as 2026-11-24T08:00:00Z is expected", "应为时刻") from None
    return stamp


_read_record: Final = _reader(registry_pb2.Record.DESCRIPTOR)
