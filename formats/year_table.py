"""What the State Council General Office announced for one year, read from its file.

Reading is strict: a table with a slip in it would move deadlines without anybody noticing.
How days are counted is in ``formats.calendar``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIXED_DAYS_OFF: Final = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""Month and day of the statutory days off that have fixed dates (K-06)."""

# 2 May became a statutory day with the revision in force from this year on (K-01).
_FIXED_SINCE: Final = 2025
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class YearTable:
    """What was announced for one year.

    ``off`` holds every day off, weekends inside a holiday included; ``working_weekends`` the
    Saturdays and Sundays that are worked. ``source`` names the announcement.
    """

    year: int
    off: frozenset[date]
    working_weekends: frozenset[date]
    source: str


def load_year(toml_bytes: bytes) -> YearTable:
    """Read the table of one year.

    The keys are ``year``, ``source``, ``working_weekends`` (dates) and ``[[off]]`` with
    ``name``, ``from`` and ``to`` (first and last day off); all are required, no others allowed.

    Raises:
        ValueError: Not TOML in UTF-8, or a key is missing, unknown or holds what it must not: a
            date of another year, a day given twice, a day both off and worked, a working
            weekend that is none, or (since 2025) a fixed statutory day that is not off. The
            message begins with the key.
    """
    table = tomllib.loads(toml_bytes.decode())
    _require_keys(table, "", {"year", "source", "working_weekends", "off"})
    year, source = table["year"], table["source"]
    if type(year) is not int or not date.min.year <= year <= date.max.year:
        raise ValueError("year: a whole number such as 2026 is expected")
    if not isinstance(source, str) or not source.strip():
        raise ValueError("source: the announcement that the table is taken from must be named")
    off = _distinct(_days_off(table["off"], year))
    worked = _distinct(_worked(table["working_weekends"], year))
    for day in sorted(off & worked):
        raise ValueError(f"working_weekends: {day} is also off")
    fixed = {date(year, *each) for each in FIXED_DAYS_OFF} if year >= _FIXED_SINCE else set()
    for day in sorted(fixed - off):
        raise ValueError(f"off: the statutory day {day} is missing")
    return YearTable(year, off, worked, source)


def _days_off(value: object, year: int) -> Iterator[tuple[str, date]]:
    for index, entry in enumerate(_list(value, "off")):
        key = f"off[{index}]"
        if not isinstance(entry, dict):
            raise ValueError(f"{key}: a table with name, from and to is expected")  # noqa: TRY004 - a file's every fault is a ValueError
        _require_keys(entry, f"{key}.", {"name", "from", "to"})
        if not isinstance(entry["name"], str) or not entry["name"].strip():
            raise ValueError(f"{key}.name: the holiday must be named")
        first, last = _day(entry["from"], f"{key}.from", year), _day(entry["to"], f"{key}.to", year)
        if last < first:
            raise ValueError(f"{key}.to: {last} is before {first}")
        for offset in range((last - first).days + 1):
            yield key, first + offset * _DAY


def _worked(value: object, year: int) -> Iterator[tuple[str, date]]:
    for index, entry in enumerate(_list(value, "working_weekends")):
        key = f"working_weekends[{index}]"
        day = _day(entry, key, year)
        if not is_weekend(day):
            raise ValueError(f"{key}: {day} is no Saturday or Sunday")
        yield key, day


def _distinct(days: Iterable[tuple[str, date]]) -> frozenset[date]:
    seen: set[date] = set()
    for key, day in days:
        if day in seen:
            raise ValueError(f"{key}: {day} is given twice")
        seen.add(day)
    return frozenset(seen)


def _require_keys(table: dict[str, object], prefix: str, keys: set[str]) -> None:
    for key in sorted(table.keys() - keys):
        raise ValueError(f"{prefix}{key}: unknown key")
    for key in sorted(keys - table.keys()):
        raise ValueError(f"{prefix}{key}: missing")


def _list(value: object, key: str) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"{key}: a list is expected")  # noqa: TRY004 - likewise
    return value


def _day(value: object, key: str, year: int) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"{key}: a date such as {year}-01-31 without quotes is expected")  # noqa: TRY004 - likewise
    if value.year != year:
        raise ValueError(f"{key}: {value} is not in {year}")
    return value


def is_weekend(day: date) -> bool:
    """Tell whether a day is a Saturday or Sunday, worked or not."""
    return day.weekday() >= 5
