"""Facts from the wire: any kind read from its message by the fields of its class, each checked and named.

Nothing here knows a kind. What a field must be follows from its type and markers (``gateway.domain.kinds``); a field
that is at fault is named by its path on the wire, such as ``complaint.verified_on``.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from gateway.domain import kinds
from gateway.domain.errors import MalformedRequestError
from gateway.domain.kinds.attributes import content_of
from gateway.domain.kinds.fact import Decided, Fact, PersonKey, Uscc
from gateway.domain.vocabulary import Word
from gateway.rpc import fields
from gateway.rpc.record_fields import Header, code, flag, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.message import Message
    from jointsanctions.v1 import registry_pb2 as pb

    from gateway.domain.kinds.attributes import Attribute
    from gateway.rpc.record_fields import People

Sealed = tuple[tuple[str, bytes], ...]
_CONTENT: Final = {kind: content_of(kind) for kind in kinds.KINDS.values()}


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
    reading = _Reading(people, message, kind.wire_name)
    attributes = _CONTENT[kind]
    content = {each.name: reading.read(each) for each in attributes}
    fact = kind(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        provenance=kind.arrives_as,
        **content,
    )
    for fault in fact.faults():
        wire = next(each.wire for each in attributes if each.name == fault.field)
        raise MalformedRequestError(f"{kind.wire_name}.{wire}", fault.why)
    return fact, tuple(reading.sealed)


class _Reading:
    """Reads the fields of one message, and gathers the persons that they name."""

    def __init__(self, people: People, message: Message, base: str) -> None:
        self._people = people
        self._message = message
        self._base = base
        self.sealed: list[tuple[str, bytes]] = []

    def read(self, attribute: Attribute) -> object:
        """Return the field's value; None or an empty text when it may be left out and is."""
        path = f"{self._base}.{attribute.wire}"
        value = getattr(self._message, attribute.wire)
        if attribute.repeated:
            return _words(attribute, value, path)
        if attribute.type is PersonKey:
            return self._person(attribute, value, path)
        if attribute.type is bool:
            return flag(self._message, path, attribute.wire)
        if attribute.type is int:
            return self._number(attribute, value, path)
        return _plain(attribute, value, path)

    def _person(self, attribute: Attribute, value: pb.PersonRef, path: str) -> str | None:
        if attribute.optional and not self._message.HasField(attribute.wire):
            return None
        key, box = self._people.person(value, path)
        self.sealed.append((key, box))
        return key

    def _number(self, attribute: Attribute, value: int, path: str) -> int | None:
        """Return a number: one that may be 0 or be left out must have been said, or unset would be read as 0."""
        if (attribute.optional or attribute.least <= 0) and not self._message.HasField(attribute.wire):
            if attribute.optional:
                return None
            raise MalformedRequestError(path, "is required")
        if value < attribute.least:
            why = "must be greater than 0" if attribute.least == 1 else f"must be at least {attribute.least}"
            raise MalformedRequestError(path, why)
        return value


def _plain(attribute: Attribute, value: Any, path: str) -> object:  # noqa: ANN401 - a message's field is any value
    kind = attribute.type
    if kind is date:
        return fields.optional_day(value, path) if attribute.optional else fields.civil_day(value, path)
    if kind is str:
        read = fields.text if attribute.optional else fields.required
        return read(value, path, attribute.limit)
    if attribute.optional and not value:
        return None
    if kind is Uscc:
        return code(fields.required(value, path, 64), path)
    if issubclass(kind, StrEnum):
        return named(kind, value, path)
    if issubclass(kind, Word):
        return fields.word(kind, value, path)
    raise TypeError(f"{path} has a type that cannot be read: {kind!r}")


def _words(attribute: Attribute, values: Sequence[str], path: str) -> tuple[StrEnum, ...]:
    found: list[StrEnum] = []
    for place, value in enumerate(values):
        word = named(attribute.type, value, f"{path}[{place}]")
        if word in found:
            raise MalformedRequestError(f"{path}[{place}]", "is said twice")
        found.append(word)
    return tuple(found)
