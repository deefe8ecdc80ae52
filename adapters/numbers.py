"""Keeps residents' identity numbers out of the journal: refused here, before anything is written or sent (I-22).

The gateway refuses them too, but the journal is written first. Only what has the form of such a number is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.errors import QuestionRefusedError
from formats.resident_ids import find_resident_id, mask_resident_id

if TYPE_CHECKING:
    from collections.abc import Iterator


def refuse_number(field: str, text: str) -> None:
    """Refuse a text that holds a resident's number, which is shown masked; raises ``QuestionRefusedError``."""
    number = find_resident_id(text)
    if number is not None:
        why = f"holds a resident identity number ({mask_resident_id(number)})"
        raise QuestionRefusedError(f"{field}: {why}", reason="MALFORMED_REQUEST", field=field)


def refuse_numbers(message: Any) -> None:  # noqa: ANN401 - any message of the contract
    """Refuse a message with a resident's number in any text; raises ``QuestionRefusedError`` naming the field."""
    for field, text in _texts(message, ""):
        refuse_number(field, text)


def _texts(message: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - likewise
    for field, value in message.ListFields():
        for place, each in enumerate(value if field.is_repeated else (value,)):
            here = f"{path}{field.name}[{place}]" if field.is_repeated else f"{path}{field.name}"
            if field.message_type is not None:
                yield from _texts(each, f"{here}.")
            elif isinstance(each, str):
                yield here, each
