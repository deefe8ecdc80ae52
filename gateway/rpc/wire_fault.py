"""Names the field at which a request that protobuf refuses goes wrong.

The parser says only that it failed; a caller needs the field. This walks the bytes a second time, along the message's
descriptor, after a parse has failed or found fields that this version does not know. It decodes nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor import FieldDescriptor

if TYPE_CHECKING:
    from typing import Any

    Descriptor = Any
    """A message's descriptor: the runtime has two implementations of it."""

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
MAX_VARINT_BYTES = 10
_WIRE_TYPES = {
    FieldDescriptor.TYPE_STRING: LENGTH,
    FieldDescriptor.TYPE_BYTES: LENGTH,
    FieldDescriptor.TYPE_MESSAGE: LENGTH,
    FieldDescriptor.TYPE_DOUBLE: FIXED64,
    FieldDescriptor.TYPE_FIXED64: FIXED64,
    FieldDescriptor.TYPE_SFIXED64: FIXED64,
    FieldDescriptor.TYPE_FLOAT: FIXED32,
    FieldDescriptor.TYPE_FIXED32: FIXED32,
    FieldDescriptor.TYPE_SFIXED32: FIXED32,
}
"""All others are varints."""


class _BrokenError(Exception):
    """The bytes end or break at this place."""


def find_fault(descriptor: Descriptor, raw: bytes) -> tuple[str, str]:
    """Return (path of the field, what is wrong) of the first fault in *raw*.

    The path is like ``question.case_ref``; ``request`` when the fault lies in no known field.
    """
    return _walk(descriptor, raw, "") or ("request", "is not a message of this method")


def _walk(descriptor: Descriptor, raw: bytes, path: str) -> tuple[str, str] | None:
    place = 0
    while place < len(raw):
        here = path or "request"
        try:
            tag, place = _varint(raw, place)
            number, wire_type = tag >> 3, tag & 7
            known = descriptor.fields_by_number.get(number)
            if known is None:
                return here, f"has a field number {number} that this version does not know"
            here = f"{path}.{known.name}" if path else known.name
            content, place = _content(raw, place, wire_type)
        except _BrokenError:
            return here, "the bytes end or break inside it"
        if wire_type not in _wire_types(known):
            return here, "is sent as another type than it has"
        fault = _fault_within(known, content, here)
        if fault is not None:
            return fault
    return None


def _wire_types(known: FieldDescriptor) -> frozenset[int]:
    """Return how a field may be sent: numbers that repeat also packed together."""
    own = _WIRE_TYPES.get(known.type, VARINT)
    return frozenset({own, LENGTH} if known.is_repeated else {own})


def _fault_within(known: FieldDescriptor, content: bytes, here: str) -> tuple[str, str] | None:
    if known.type == FieldDescriptor.TYPE_STRING:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            return here, f"is not UTF-8 at byte {error.start}"
    if known.type == FieldDescriptor.TYPE_MESSAGE:
        return _walk(known.message_type, content, here)
    return None


def _varint(raw: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(MAX_VARINT_BYTES):
        if place >= len(raw):
            raise _BrokenError
        byte = raw[place]
        place += 1
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value, place
    raise _BrokenError


def _content(raw: bytes, place: int, wire_type: int) -> tuple[bytes, int]:
    if wire_type == VARINT:
        start = place
        _, place = _varint(raw, place)
        return raw[start:place], place
    if wire_type == LENGTH:
        size, place = _varint(raw, place)
    elif wire_type in {FIXED64, FIXED32}:
        size = 8 if wire_type == FIXED64 else 4
    else:
        raise _BrokenError
    if place + size > len(raw):
        raise _BrokenError
    return raw[place : place + size], place + size
