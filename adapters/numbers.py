"""Keeps residents' identity numbers out of the journal: refused here, before anything is written or sent (I-22).

The gateway refuses them too, but the journal is written first. Only what has the form of such a number is found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from adapters.errors import QuestionRefusedError
from formats.resident_ids import find_resident_id, mask_resident_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

_DIGITS: Final = b"0" * 17
_AS_DIGITS: Final = bytes(ord("0") if chr(byte).isdecimal() or byte > 0x7F else byte for byte in range(256))
_SEPARATORS: Final = bytes(byte for byte in range(128) if chr(byte).isspace() or chr(byte) == "-")
_CHINESE: Final = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}")
"""U+4000 to U+9FFF: ideographs, which fold to no digit and to no separator."""


def refuse_number(field: str, text: str) -> None:
    """Refuse a text that holds a resident's number, which is shown masked; raises ``QuestionRefusedError``."""
    number = find_resident_id(text)
    if number is not None:
        why = f"holds a resident identity number ({mask_resident_id(number)})"
        raise QuestionRefusedError(f"{field}: {why}", reason="MALFORMED_REQUEST", field=field)


def refuse_numbers(message: Message) -> None:
    """Refuse a message with a resident's number in any text; raises ``QuestionRefusedError`` naming the field."""
    if may_hold_number(message.SerializeToString(deterministic=True)):
        for field, text in _texts(message, ""):
            refuse_number(field, text)


def may_hold_number(raw: bytes) -> bool:
    """Return whether a text among *raw* bytes of UTF-8, a message's for instance, can hold a resident's number.

    Most messages cannot, and need not be gone through field by field: a number is 17 digits with nothing but separators
    between. Whatever is neither ASCII nor Chinese counts as a digit here, full width among it, and so does a separator
    of that kind; a byte that belongs to no text can make a run longer, and never shorter.
    """
    return _DIGITS in _CHINESE.sub(b".", raw).translate(_AS_DIGITS, _SEPARATORS)


def _texts(message: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any message of the contract
    for field, value in message.ListFields():
        for place, each in enumerate(value if field.is_repeated else (value,)):
            here = f"{path}{field.name}[{place}]" if field.is_repeated else f"{path}{field.name}"
            if field.message_type is not None:
                yield from _texts(each, f"{here}.")
            elif isinstance(each, str):
                yield here, each
