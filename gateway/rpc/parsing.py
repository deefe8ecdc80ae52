"""From the raw bytes of a request to its message, or to the field at which they go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from gateway.domain.errors import MalformedRequestError
from gateway.rpc.wire_fault import find_fault

if TYPE_CHECKING:
    from google.protobuf.message import Message


def parse(kind: type[Message], raw: bytes) -> Message:
    """Return the parsed request.

    Raises:
        MalformedRequestError: The bytes are no such message, or hold a field that this version does not know: what
            it would have asked for must not be ignored silently.
    """
    message = kind()
    try:
        message.ParseFromString(raw)
    except DecodeError as error:
        raise MalformedRequestError(*find_fault(kind.DESCRIPTOR, raw)) from error
    size = message.ByteSize()
    message.DiscardUnknownFields()
    if message.ByteSize() != size:
        raise MalformedRequestError(*find_fault(kind.DESCRIPTOR, raw))
    return message
