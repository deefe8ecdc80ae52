"""What the kinds of submitted records share: their header, their persons, and the ways their fields are read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

from jointsanctions.v1 import listing_pb2
from jointsanctions.v1 import record_pb2 as pb

from formats.identifiers import UsccError, plausible_uscc
from gateway.domain.errors import MalformedRequestError
from gateway.domain.kinds.fact import DOCUMENT_TYPES
from gateway.rpc import fields
from gateway.services.ports.facts import SubmittedRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from enum import StrEnum

    from google.protobuf.message import Message

    from gateway.services.ports.identity import PersonVault

E = TypeVar("E", bound="StrEnum")


@dataclass(frozen=True, slots=True)
class Header:
    """What every record carries, checked."""

    row: int
    kind: str
    record_id: str
    authority: str
    document_number: str
    content_digest: str


class People:
    """Persons named by records: what is kept of them is a keyed hash and a sealed text (I-22)."""

    def __init__(self, vault: PersonVault) -> None:
        self._vault = vault

    def key(self, ref: listing_pb2.PersonRef) -> str:
        """Return the keyed hash of a person's document."""
        return self._vault.key(ref.document_type, ref.document_number)

    def person(self, ref: listing_pb2.PersonRef, field: str) -> tuple[str, bytes]:
        """Return (key, sealed name and number) of a person."""
        name = fields.required(ref.name, f"{field}.name", 120)
        kind = fields.required(ref.document_type, f"{field}.document_type", 32)
        if kind not in DOCUMENT_TYPES:
            raise MalformedRequestError(f"{field}.document_type", "is none of the kinds of documents")
        number = fields.document_number(ref.document_number, f"{field}.document_number", 32)
        return self._vault.key(kind, number), self._vault.seal(f"{kind}\0{number}\0{name}")

    def digest(self, content: bytes) -> str:
        """Return what tells a request that may name persons from another, keyed and hexadecimal."""
        return self._vault.conceal(hashlib.sha256(content).hexdigest())


def is_whose(vault: PersonVault, key: str, opened: str) -> bool:
    """Return whether *vault* would find the person of an opened sealed text under *key*."""
    kind, number, _ = opened.split("\0", 2)
    return vault.key(kind, number) == key


NAMING_PERSONS: Final = frozenset(
    fact.name
    for fact in pb.Record.DESCRIPTOR.oneofs_by_name["fact"].fields
    if fact.message_type is not None
    and any(field.message_type is listing_pb2.PersonRef.DESCRIPTOR for field in fact.message_type.fields)
)
"""Kinds of record that can name a person."""


def persons_of(record: pb.Record) -> Iterable[listing_pb2.PersonRef]:
    """Yield every person that the record's fact names."""
    name = record.WhichOneof("fact")
    if name not in NAMING_PERSONS:
        return
    for field, value in getattr(record, name).ListFields():
        if field.message_type is listing_pb2.PersonRef.DESCRIPTOR:
            yield from value if field.is_repeated else (value,)


def row_of(header: Header) -> SubmittedRow:
    """Return an empty row under this header, to be filled by its kind."""
    return SubmittedRow(header.row, header.kind, header.record_id, header.content_digest, "")


def named(kind: type[E], value: str, field: str) -> E:
    """Return the member of a closed list that *value* names; empty and unknown names are errors."""
    member: E | None = _members(kind).get(value)
    if member is None:
        # The text itself is not repeated: whoever mistook the column sent anything at all, a person's number too.
        raise MalformedRequestError(field, "is none of the words that it may be" if value else "is required")
    return member


@cache
def _members(kind: type[E]) -> dict[str, E]:
    """Return a closed list's members by their words: asking the list itself takes three times as long."""
    return {member.value: member for member in kind}


def flag(message: Message, field: str, name: str) -> bool:
    """Return a yes or no that must have been said."""
    if not message.HasField(name):
        raise MalformedRequestError(field, "is required")
    return bool(getattr(message, name))


def in_order(first: date, second: date, field: str, why: str) -> None:
    """Raise for *field* when *second* lies before *first*."""
    if second < first:
        raise MalformedRequestError(field, why)


def code(value: str, field: str) -> str | None:
    """Return the code of another enterprise, normalised; None when the field is empty."""
    if not value:
        return None
    try:
        return plausible_uscc(value)
    except UsccError as error:
        raise MalformedRequestError(field, str(error)) from error
