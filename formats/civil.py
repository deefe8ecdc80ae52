"""Civil dates of the authorities, and instants in their one written form.

Every legal term begins and ends with a civil day in Asia/Shanghai. China has kept
UTC+8 without daylight saving time since 1991, so a fixed offset is used: an answer
cannot change with the time zone data of a machine. Dates before 1991 are civil dates
only; nobody should turn them into instants.

This module knows no clock, no working days (see ``formats.calendar``) and no rules.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final

SHANGHAI: Final = timezone(timedelta(hours=8), "UTC+08:00")
"""The civil time of every authority here: a fixed UTC+8, not read from any tz database."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)


@lru_cache(8_192)  # terms are looked at from their first day to their last, again and again
def midnight(day: date) -> datetime:
    """Return the first instant of a civil day, in UTC.

    Args:
        day: Civil date in UTC+8.

    Raises:
        ValueError: The instant lies before year 1 in UTC, which only 0001-01-01 does.
    """
    try:
        return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"the date {day.isoformat()} has no first instant in UTC") from None


@lru_cache(8_192)
def civil_date(instant: datetime) -> date:
    """Return the civil day, in UTC+8, that an instant falls on.

    Raises:
        ValueError: *instant* has no time zone, or falls after 9999-12-31 in UTC+8.
    """
    try:
        return _aware(instant).astimezone(SHANGHAI).date()
    except OverflowError:
        raise ValueError(f"the instant {instant.isoformat()} has no civil date in UTC+8") from None


def add_months(day: date, months: int) -> date:
    """Return the same day of the month, *months* calendar months later.

    A day that the target month lacks becomes its last day (L-23, G-10: 29 February plus
    36 months is 28 February).

    Args:
        day: Any civil date.
        months: May be negative or zero.

    Raises:
        ValueError: The result lies outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"{day.isoformat()} and {months} months is outside the years 1 to 9999")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parse_date(text: str) -> date:
    """Read a civil date written exactly as ``YYYY-MM-DD``.

    Raises:
        ValueError: Any other form (``2026-1-2``, ``20260102``, surrounding spaces, full-width
            digits) or a day that does not exist. The message says which.
    """
    if _DATE.fullmatch(text) is None:
        raise ValueError(f"a date is written YYYY-MM-DD, not {text!r}")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text!r}") from None


@lru_cache(4_096)  # what is answered together is dated together
def format_instant(instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC with microseconds: ``2026-11-24T08:00:00.000000Z``.

    One instant has one text, so texts compare and sort as the instants do.

    Raises:
        ValueError: *instant* has no time zone, or lies outside the years 1 to 9999 in UTC.
    """
    try:
        in_utc = _aware(instant).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"the instant {instant.isoformat()} cannot be written in UTC") from None
    return in_utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 instant and return it in UTC.

    An offset is required (``Z`` or ``+08:00``), up to six digits of a second are allowed,
    leap seconds are not. What ``format_instant`` writes comes back equal.

    Raises:
        ValueError: Any other form, no offset, or a moment that does not exist.
    """
    if _INSTANT.fullmatch(text) is None:
        raise ValueError(f"an instant is written like 2026-11-24T08:00:00Z, with its offset, not {text!r}")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"there is no instant {text!r}") from None


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"the instant {instant.isoformat()} has no time zone")
    return instant
