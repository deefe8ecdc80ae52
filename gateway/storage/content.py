"""Facts as text: each kind to canonical JSON and back, field by field, so that nothing is guessed when it is read.

Whatever cannot be understood, an unknown kind or field, a missing one, a value of another type, is an error: a record
that is skipped would make an enterprise clean. Profiles and listings have columns of their own.
"""

from __future__ import annotations

from datetime import date
from enum import IntEnum, StrEnum
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.civil import parse_date
from gateway.domain import kinds
from gateway.domain.kinds.attributes import attributes_of
from gateway.domain.kinds.enterprise import EnterpriseProfile
from gateway.domain.kinds.fact import PersonKey, Uscc
from gateway.domain.objections import Objection
from gateway.domain.withdrawals import ShownRepair, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.domain.kinds.attributes import Attribute
    from gateway.domain.kinds.fact import Fact

KINDS: Final[Mapping[str, type[Fact]]] = {
    **{name: kind for name, kind in kinds.KINDS.items() if kind is not EnterpriseProfile},
    Withdrawal.wire_name: Withdrawal,
    ShownRepair.wire_name: ShownRepair,
    Objection.wire_name: Objection,
}
"""Every kind that is kept as one text, named as on the wire; the last three come by methods of their own."""
WEIGHTLESS: Final = frozenset(name for name, kind in KINDS.items() if not kind.weighs)
"""Kinds on which no timeline depends."""


class ContentError(ValueError):
    """Stored content that cannot be understood: never skipped, never defaulted."""


def kind_of(fact: Fact) -> str:
    """Return the kind's name; ``ContentError`` for a class that has none, profiles included."""
    kind = getattr(fact, "wire_name", "")
    if KINDS.get(kind) is not type(fact):
        raise ContentError(f"{type(fact).__name__} is not kept as content")
    return kind


def encode(fact: Fact) -> str:
    """Return everything of *fact* but its record id; ``ContentError`` for a class without a kind."""
    texts = [f"{key}{write(getattr(fact, name))}" for name, key, write in _WRITERS[kind_of(fact)]]
    return f"{{{','.join(texts)}}}"


def decode(kind: str, record_id: str, text: str) -> Fact:
    """Return the fact that ``encode`` wrote.

    A field with a default may be missing: it came after what is stored was written, and reads as not said.

    Raises:
        ContentError: An unknown kind, an unknown or missing field, or a value that its field cannot hold.
    """
    readers = _READERS.get(kind)
    if readers is None:
        raise ContentError(f"record {record_id}: the kind {kind!r} is not known")
    values = _loaded(record_id, text)
    wrong = (values.keys() ^ readers.keys()) - (_LATER[kind] - values.keys())
    if wrong:
        raise ContentError(f"record {record_id}: fields missing or not known: {', '.join(sorted(wrong))}")
    content: dict[str, Any] = {}
    for name, value in values.items():
        try:
            content[name] = readers[name](value)
        except (ValueError, KeyError, TypeError) as error:
            raise ContentError(f"record {record_id}: {name} cannot be read") from error
    try:
        return KINDS[kind](record_id=record_id, **content)
    except ValueError as error:
        raise ContentError(f"record {record_id}: {error}") from error


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


def _reader(attribute: Attribute) -> Callable[[Any], Any]:
    read = _single(attribute.type)
    if attribute.repeated:
        listed = _plain(list)
        return lambda values: tuple(read(value) for value in listed(values))
    if attribute.optional and attribute.type is not str:
        return lambda value: None if value is None else read(value)
    return read


def _single(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a type hint is any object
    if kind is date:
        return parse_date
    if kind in {PersonKey, Uscc}:
        return _plain(str)
    if kind in {str, int, bool}:
        return _plain(kind)
    if issubclass(kind, IntEnum):
        return lambda value: kind[value]
    if issubclass(kind, StrEnum):
        by_value: Callable[[Any], Any] = kind
        return by_value
    raise ContentError(f"there is no way to keep a field of type {kind!r}")


def _writer(attribute: Attribute) -> Callable[[Any], str]:
    """Return how a field is written: as ``canonical.encode`` would, without asking again what it is.

    A city's import writes millions; a test holds both to each other. ``_reader`` has refused the types that there is
    no way for.
    """
    write = _single_writer(attribute.type)
    if attribute.repeated:
        return lambda values: f"[{','.join(write(value) for value in values)}]"
    if attribute.optional and attribute.type is not str:
        return lambda value: "null" if value is None else write(value)
    return write


def _single_writer(kind: Any) -> Callable[[Any], str]:  # noqa: ANN401 - a type hint is any object
    if kind is date:
        return lambda value: f'"{value.isoformat()}"'
    if kind in {str, PersonKey, Uscc}:
        return encode_basestring
    if isinstance(kind, type) and issubclass(kind, (IntEnum, StrEnum)):
        by_name = issubclass(kind, IntEnum)
        return {member: _plainly(member.name if by_name else member.value) for member in kind}.__getitem__
    return _plainly


def _plainly(value: object) -> str:
    return canonical.encode(value).decode()


_READERS: Final = {
    name: {attribute.name: _reader(attribute) for attribute in attributes_of(kind)} for name, kind in KINDS.items()
}
_WRITERS: Final = {
    name: [
        (attribute.name, f"{encode_basestring(attribute.name)}:", _writer(attribute))
        for attribute in sorted(attributes_of(kind), key=lambda each: each.name)
    ]
    for name, kind in KINDS.items()
}
"""Name, the text before the value, and what writes the value, in the order of the canonical form."""
_LATER: Final = {
    name: frozenset(attribute.name for attribute in attributes_of(kind) if attribute.defaulted)
    for name, kind in KINDS.items()
}
