"""Holds a value against a schema of the OpenAPI document: what the document says is what is taken.

It knows the words of JSON Schema that the side-car's schemas use, and refuses to work with any other: a word that is
written down and not enforced would be a lie.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from adapters.http.problems import Problem
from adapters.http.reading import integer
from adapters.lossless import Number
from formats.civil import parse_date, parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.lossless import Json

Schema = dict[str, Any]
KNOWN: Final = frozenset(
    {
        "$ref", "type", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "enum",
        "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "description", "examples", "maxProperties",
    }
)  # fmt: skip
"""The words that a schema may use."""
_FORMATS: Final = {"date": parse_date, "date-time": parse_instant}


def validate(value: Json, schema: Schema, components: Mapping[str, Schema], path: str = "") -> None:
    """Refuse a value that is not what *schema* says.

    Raises:
        Problem: ``MALFORMED_REQUEST``, naming the field.
        ValueError: The schema uses a word that is not enforced here.
    """
    unknown = schema.keys() - KNOWN
    if unknown:
        raise ValueError(f"a schema says {sorted(unknown)}, which nothing enforces")
    if "$ref" in schema:
        validate(value, components[schema["$ref"].rpartition("/")[2]], components, path)
        return
    kind = schema.get("type")
    if not isinstance(value, _TYPES.get(str(kind), object)):
        raise _wrong(path, f"{_said(str(kind))} is expected")
    if isinstance(value, dict):
        _members(value, schema, components, path)
    elif isinstance(value, list):
        _elements(value, schema, components, path)
    elif isinstance(value, str):
        _text(value, schema, path)
    elif kind == "integer":
        _number(value, schema, path)


_TYPES: Final[Mapping[str, type]] = {
    "object": dict, "array": list, "string": str, "integer": Number, "number": Number, "boolean": bool,
}  # fmt: skip


def _said(kind: str) -> str:
    return {"object": "an object", "array": "a list", "string": "a text", "integer": "a whole number"}.get(kind, kind)


def _members(value: dict[str, Json], schema: Schema, components: Mapping[str, Schema], path: str) -> None:
    known: dict[str, Schema] = schema.get("properties", {})
    other: Schema | bool = schema.get("additionalProperties", True)
    for name in schema.get("required", ()):
        if name not in value:
            raise _wrong(_at(path, name), "it is required")
    if len(value) > schema.get("maxProperties", len(value)):
        raise _wrong(path, f"at most {schema['maxProperties']} members are taken")
    for name, each in value.items():
        inner: Schema | bool = known.get(name, other)
        _valid_unicode(name, path)
        if inner is False:
            raise _wrong(_at(path, name), "it is not known")
        if isinstance(inner, dict):
            validate(each, inner, components, _at(path, name))


def _elements(value: list[Json], schema: Schema, components: Mapping[str, Schema], path: str) -> None:
    least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
    if not least <= len(value) <= most:
        raise _wrong(path, f"{least} to {most} elements are taken, not {len(value)}")
    for i, each in enumerate(value):
        validate(each, schema.get("items", {}), components, f"{path}[{i}]")


def _text(value: str, schema: Schema, path: str) -> None:
    _valid_unicode(value, path)
    if "enum" in schema and value not in schema["enum"]:
        raise _wrong(path, f"one of {', '.join(schema['enum'])} is expected")
    least, most = schema.get("minLength", 0), schema.get("maxLength", len(value))
    if not least <= len(value) <= most:
        raise _wrong(path, f"{least} to {most} characters are taken, not {len(value)}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        raise _wrong(path, f"it does not match {schema['pattern']}")
    if "format" in schema:
        try:
            _FORMATS[schema["format"]](value)
        except ValueError as error:
            raise _wrong(path, str(error)) from error


def _number(value: Json, schema: Schema, path: str) -> None:
    number = integer(value)
    if number is None:
        raise _wrong(path, "a whole number is expected")
    least, most = schema.get("minimum", number), schema.get("maximum", number)
    if not least <= number <= most:
        raise _wrong(path, f"{least} to {most} is expected")


def _valid_unicode(text: str, path: str) -> None:
    if _ILL.search(text):
        raise _wrong(path, "it holds a control character or is no valid Unicode")


_ILL: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def _at(path: str, name: str) -> str:
    shown = name.encode("utf-8", "replace").decode()[:64]
    return f"{path}.{shown}" if path else shown


def _wrong(path: str, why: str) -> Problem:
    return Problem("MALFORMED_REQUEST", f"{path or 'body'}: {why}", path or "body")


def names(values: Iterable[str]) -> list[str]:
    """Return the names of an enum without its zero, which is an error on the wire."""
    return [name for name in values if not name.endswith("_UNSPECIFIED")]
