"""Facts as text: each kind to canonical JSON and back, field by field, so that nothing is guessed when it is read.

Whatever cannot be understood, an unknown kind or field, a missing one, a value of another type, is an error: a record
that is skipped would make an enterprise clean. Profiles and listings have columns of their own.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from enum import Enum, IntEnum
from json.encoder import encode_basestring
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin, get_type_hints

from formats import canonical
from formats.civil import parse_date
from gateway.domain import records, timeline, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: Final[dict[str, type[records.Fact]]] = {
    "complaint": records.Complaint,
    "arrears": records.ArrearsFinding,
    "five_systems": records.FiveSystems,
    "publication": records.Publication,
    "penalty": records.Penalty,
    "conviction": records.Conviction,
    "published_notice": records.PublishedNotice,
    "red_list": records.RedListEntry,
    "grade_recovery": records.GradeRecovery,
}
"""Every kind that is kept as one text, named as on the wire."""

WEIGHTLESS: Final = frozenset(kind for kind, fact in KINDS.items() if issubclass(fact, timeline.WEIGHTLESS))
"""Kinds on which no timeline depends."""

_KIND_OF: Final = {fact: kind for kind, fact in KINDS.items()}
_OWN_COLUMN: Final = "record_id"


class ContentError(ValueError):
    """Stored content that cannot be understood: never skipped, never defaulted."""


def kind_of(fact: records.Fact) -> str:
    """Return the kind's name; ``ContentError`` for a class that has none, profiles included."""
    kind = _KIND_OF.get(type(fact))
    if kind is None:
        raise ContentError(f"{type(fact).__name__} is not kept as content")
    return kind


def encode(fact: records.Fact) -> str:
    """Return everything of *fact* but its record id; ``ContentError`` for a class without a kind."""
    texts = [f"{key}{write(getattr(fact, name))}" for name, key, write in _WRITERS[kind_of(fact)]]
    return f"{{{','.join(texts)}}}"


def decode(kind: str, record_id: str, text: str) -> records.Fact:
    """Return the fact that ``encode`` wrote.

    Raises:
        ContentError: An unknown kind, an unknown or missing field, or a value that its field cannot hold.
    """
    readers = _READERS.get(kind)
    if readers is None:
        raise ContentError(f"record {record_id}: the kind {kind!r} is not known")
    values = _loaded(record_id, text)
    if values.keys() != readers.keys():
        wrong = ", ".join(sorted(values.keys() ^ readers.keys()))
        raise ContentError(f"record {record_id}: fields missing or not known: {wrong}")
    content: dict[str, Any] = {}
    for name, read in readers.items():
        try:
            content[name] = read(values[name])
        except (ValueError, KeyError, TypeError) as error:
            raise ContentError(f"record {record_id}: {name} cannot be read") from error
    return KINDS[kind](record_id=record_id, **content)


def _loaded(record_id: str, text: str) -> dict[str, object]:
    try:
        values = canonical.decode(text.encode())
    except ValueError as error:
        raise ContentError(f"record {record_id}: the content is not in canonical form") from error
    if not isinstance(values, dict):
        raise ContentError(f"record {record_id}: the content is no object")
    return values


def _plain(expected: type) -> Callable[[Any], Any]:
    def read(value: object) -> object:
        if type(value) is not expected:
            raise TypeError(f"{expected.__name__} is expected")
        return value

    return read


def _reader(hint: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a type hint is any object
    if get_origin(hint) in {Union, UnionType}:
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        read = _reader(inner)
        return lambda value: None if value is None else read(value)
    if hint is date:
        return parse_date
    if issubclass(hint, IntEnum):
        return lambda value: hint[value]
    if issubclass(hint, Enum):
        by_value: Callable[[Any], Any] = hint
        return by_value
    if hint in {str, int, bool}:
        return _plain(hint)
    raise ContentError(f"there is no way to keep a field of type {hint!r}")


def _writer(hint: Any) -> Callable[[Any], str]:  # noqa: ANN401 - a type hint is any object
    """Return how a field of this type is written: as ``canonical.encode`` would, without asking again what it is.

    A city's import writes millions; a test holds both to each other. ``_reader`` has refused the types that there is
    no way for.
    """
    if get_origin(hint) in {Union, UnionType}:
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        write = _writer(inner)
        return lambda value: "null" if value is None else write(value)
    if hint is date:
        return lambda value: f'"{value.isoformat()}"'
    if issubclass(hint, Enum):
        by_name = issubclass(hint, IntEnum)
        return {member: _plainly(member.name if by_name else member.value) for member in hint}.__getitem__
    return encode_basestring if hint is str else _plainly


def _plainly(value: object) -> str:
    return canonical.encode(value).decode()


def _hints(fact: type[records.Fact]) -> dict[str, Any]:
    known = {**vars(vocabulary), **vars(records), "date": date}
    hints = get_type_hints(fact, localns=known)
    return {field.name: hints[field.name] for field in fields(fact) if field.name != _OWN_COLUMN}


_READERS: Final = {kind: {name: _reader(hint) for name, hint in _hints(fact).items()} for kind, fact in KINDS.items()}
_WRITERS: Final = {
    kind: [(name, f"{encode_basestring(name)}:", _writer(hint)) for name, hint in sorted(_hints(fact).items())]
    for kind, fact in KINDS.items()
}
"""Name, the text before the value, and what writes the value, in the order of the canonical form."""
