"""Reading single fields of a request: each either gives a value or an error that names the field.

An unset field is never a default: zero of an enum, an empty required text and a missing fact are errors.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from formats.civil import parse_date
from formats.resident_ids import find_resident_id, mask_resident_id
from gateway.domain.errors import AuthorizationMissingError, MalformedRequestError
from gateway.domain.kinds.fact import DIVISION

if TYPE_CHECKING:
    from datetime import date

    from google.protobuf.timestamp_pb2 import Timestamp

    from gateway.domain.vocabulary import Word

W = TypeVar("W", bound="Word")

MOST_BYTES = 4
"""Of one character in UTF-8: a text that is short enough by it need not be encoded to be measured."""

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""Instants and dates outside these years are typing errors, not questions."""


def text(value: str, field: str, limit: int) -> str:
    """Return an optional text of at most *limit* bytes, free of control characters and of residents' numbers (I-22)."""
    if not value:
        return value
    _check_form(value, field, limit)
    number = find_resident_id(value)
    if number is not None:
        raise MalformedRequestError(field, f"holds a resident identity number ({mask_resident_id(number)})")
    return value


def enterprise_name(value: str, field: str) -> str:
    """Return an optional name of an enterprise, of which something is left when it is compared."""
    if not value:
        return value
    if value.isspace():
        raise MalformedRequestError(field, "is blank")
    return text(value, field, 300)


def document_number(value: str, field: str, limit: int) -> str:
    """Return the number of a person's document, the one text that may be a resident's: what is kept is its hash."""
    _check_given(value, field)
    _check_form(value, field, limit)
    return value


def recordable(value: str, limit: int) -> bool:
    """Return whether a text may be recorded as it is, before the mandate is known and the form is judged."""
    sound = bool(value) and len(value.encode()) <= limit and value.isprintable()
    return sound and find_resident_id(value) is None


def required(value: str, field: str, limit: int) -> str:
    """Return a text that must be there."""
    _check_given(value, field)
    return text(value, field, limit)


def case_reference(value: str, field: str) -> str:
    """Return the case number, without which no question may be asked (A-120, invariant 10)."""
    if not value.strip():
        raise AuthorizationMissingError(field, "a question needs the asking system's case number")
    return text(value, field, 128)


def word(kind: type[W], value: int, field: str) -> W:
    """Return the member of a closed list; unset and unknown numbers are errors."""
    if value == 0:
        raise MalformedRequestError(field, "is required")
    try:
        return kind(value)
    except ValueError as error:
        raise MalformedRequestError(field, f"has no value {value}") from error


def civil_day(value: str, field: str) -> date:
    """Return a date that must be there, ``YYYY-MM-DD`` between the years 2000 and 2100."""
    day = optional_day(value, field)
    if day is None:
        raise MalformedRequestError(field, "is required")
    return day


def optional_day(value: str, field: str) -> date | None:
    """Return a date, or None when the field is empty."""
    if not value:
        return None
    try:
        day = parse_date(value)
    except ValueError as error:
        raise MalformedRequestError(field, "is not a date YYYY-MM-DD") from error
    if not EARLIEST.date() <= day < LATEST.date():
        raise MalformedRequestError(field, "lies outside the years 2000 to 2100")
    return day


def division(value: str, field: str) -> str:
    """Return a division code of 6 digits; one cut short would name a larger area."""
    if DIVISION.fullmatch(value) is None:
        raise MalformedRequestError(field, "must be a division code of 6 digits")
    return value


def instant(value: Timestamp, field: str) -> datetime:
    """Return an instant, UTC, between the years 2000 and 2100."""
    try:
        moment = value.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedRequestError(field, "is no instant") from error
    if not EARLIEST <= moment < LATEST:
        raise MalformedRequestError(field, "lies outside the years 2000 to 2100")
    return moment


def _check_given(value: str, field: str) -> None:
    if not value.strip():
        raise MalformedRequestError(field, "is required")


def _check_form(value: str, field: str, limit: int) -> None:
    if len(value) * MOST_BYTES > limit and len(value.encode()) > limit:
        raise MalformedRequestError(field, f"is over {limit} bytes")
    if not value.isprintable():
        raise MalformedRequestError(field, "has a control or unprintable character")
