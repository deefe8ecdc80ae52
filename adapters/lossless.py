"""JSON text in and out with nothing lost: numbers keep their digits, a name given twice is an error.

The standard library reads 1.10 as 1.1 and keeps the last of two equal names without a word. Documents that pass
through an adapter belong to somebody else and must not change on the way.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | Number | None"
"""A JSON value; numbers are ``Number`` when ``loads`` read them."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    text: str

    def __str__(self) -> str:
        return self.text


def loads(text: str) -> Json:
    """Read JSON.

    Raises:
        ValueError: It is no JSON by RFC 8259, names a member twice, or is nested too deeply.
    """
    try:
        value: Json = json.loads(
            text,
            parse_float=Number,
            parse_int=Number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return value


def dumps(value: Json) -> str:
    """Write JSON, indented by two spaces; raises ``ValueError`` for a number that JSON has no form for."""
    return _written(value, "\n")


def _written(value: Json, line: str) -> str:
    inner = line + "  "
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict) and value:
        members = (f"{_text(name)}: {_written(each, inner)}" for name, each in value.items())
        return "{" + inner + f",{inner}".join(members) + line + "}"
    if isinstance(value, list) and value:
        return "[" + inner + f",{inner}".join(_written(each, inner) for each in value) + line + "]"
    return _text(value)


def _text(value: Json) -> str:
    # Half a surrogate pair can be written in JSON as an escape only.
    lone = isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value)
    return json.dumps(value, ensure_ascii=lone, allow_nan=False)


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name is given twice in one object")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
