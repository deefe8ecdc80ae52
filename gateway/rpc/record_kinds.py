"""Facts from the wire: any kind read from its message by the fields of its class, each checked and named.

Nothing here knows a kind. What a field must be follows from its type and markers (``gateway.domain.kinds``), and how
each is read is settled once, below. A field at fault is named by its path, such as ``complaint.verified_on``.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from gateway.domain import kinds
from gateway.domain.errors import MalformedRequestError
from gateway.domain.kinds.attributes import content_of
from gateway.domain.kinds.fact import Decided, Fact, PersonKey, Uscc
from gateway.domain.vocabulary import Word
from gateway.rpc import fields
from gateway.rpc.record_fields import Header, code, flag, named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from google.protobuf.message import Message
    from jointsanctions.v1 import listing_pb2
    from jointsanctions.v1 import record_pb2 as pb

    from gateway.domain.kinds.attributes import Attribute
    from gateway.rpc.record_fields import People

    Read = Callable[["_Persons", Message], object]
    """Reads one field of a message; the persons that it names are gathered beside."""

Sealed = tuple[tuple[str, bytes], ...]


class _Persons:
    """The persons that one record names."""

    def __init__(self, people: People) -> None:
        self._people = people
        self.sealed: list[tuple[str, bytes]] = []

    def key(self, ref: listing_pb2.PersonRef, path: str) -> str:
        key, box = self._people.person(ref, path)
        self.sealed.append((key, box))
        return key


def authority_of(kind: type[Fact], record: pb.Record) -> tuple[str, str]:
    """Return (authority, document number) as far as a record of *kind* must have them."""
    authority = fields.text if kind.decided is Decided.BY_NOBODY else fields.required
    number = fields.required if kind.decided is Decided.WITH_NUMBER else fields.text
    return authority(record.authority, "authority", 200), number(record.document_number, "document_number", 128)


def read_fact(people: People, kind: type[Fact], record: pb.Record, header: Header) -> tuple[Fact, Sealed]:
    """Return the fact of a record, and (key, sealed name and number) of every person that it names.

    Raises:
        MalformedRequestError: The first field at fault; of faults between fields the first that the kind names.
    """
    if kind.name_required:
        fields.required(record.name, "name", 300)
    message = getattr(record, kind.wire_name)
    persons = _Persons(people)
    fact = kind(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        provenance=kind.arrives_as,
        **{name: read(persons, message) for name, read in _READS[kind].items()},
    )
    for fault in fact.faults():
        raise MalformedRequestError(_path(kind, fault.field), fault.why)
    return fact, tuple(persons.sealed)


def _path(kind: type[Fact], name: str) -> str:
    wire = next(each.wire for each in content_of(kind) if each.name == name)
    return f"{kind.wire_name}.{wire}"


def _read_of(attribute: Attribute, path: str) -> Read:
    """Return how a field is read."""
    kind, name = attribute.type, attribute.wire
    if attribute.repeated:
        return lambda _, message: _words(kind, getattr(message, name), path)
    if kind is PersonKey:
        return partial(_person, attribute, path)
    if kind is bool:
        return lambda _, message: flag(message, path, name)
    if kind is int:
        return partial(_number, attribute, path)
    plain = _plain_of(attribute, path)
    if attribute.optional and kind not in {str, date}:
        return lambda _, message: plain(value) if (value := getattr(message, name)) else None
    return lambda _, message: plain(getattr(message, name))


def _person(attribute: Attribute, path: str, persons: _Persons, message: Message) -> str | None:
    if attribute.optional and not message.HasField(attribute.wire):
        return None
    return persons.key(getattr(message, attribute.wire), path)


def _number(attribute: Attribute, path: str, _: _Persons, message: Message) -> int | None:
    """Return a number: one that may be 0 or be left out must have been said, or unset would be read as 0."""
    if (attribute.optional or attribute.least <= 0) and not message.HasField(attribute.wire):
        if attribute.optional:
            return None
        raise MalformedRequestError(path, "is required")
    value: int = getattr(message, attribute.wire)
    if value < attribute.least:
        why = "must be greater than 0" if attribute.least == 1 else f"must be at least {attribute.least}"
        raise MalformedRequestError(path, why)
    return value


def _plain_of(attribute: Attribute, path: str) -> Callable[[Any], object]:
    """Return how a value that stands for itself is read; ``TypeError`` for a type that cannot be."""
    kind = attribute.type
    if kind is date:
        day = fields.optional_day if attribute.optional else fields.civil_day
        return lambda value: day(value, path)
    if kind is str:
        text = fields.text if attribute.optional else fields.required
        return lambda value: text(value, path, attribute.limit)
    if kind is Uscc:
        return lambda value: code(fields.required(value, path, 64), path)
    if issubclass(kind, StrEnum):
        return lambda value: named(kind, value, path)
    if issubclass(kind, Word):
        return lambda value: fields.word(kind, value, path)
    raise TypeError(f"{path} has a type that cannot be read: {kind!r}")


def _words(kind: type[StrEnum], values: Sequence[str], path: str) -> tuple[StrEnum, ...]:
    found: list[StrEnum] = []
    for place, value in enumerate(values):
        word = named(kind, value, f"{path}[{place}]")
        if word in found:
            raise MalformedRequestError(f"{path}[{place}]", "is said twice")
        found.append(word)
    return tuple(found)


_READS: Final = {
    kind: {each.name: _read_of(each, f"{name}.{each.wire}") for each in content_of(kind)}
    for name, kind in kinds.KINDS.items()
}
