"""The working days of the mainland, and what a term of days, hours or months ends on.

The State Council General Office announces each year's days off and working weekends late in
the year before (K-01). What it announced is data (``config/calendar/<year>.toml``); a year
without data is provisional. Which rule counts which kind of day is not decided here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from formats import canonical, civil
from formats.year_table import FIXED_DAYS_OFF, YearTable, is_weekend, load_year

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

__all__ = ["Deadline", "WorkingCalendar", "YearTable", "load_year"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The civil day (UTC+8) at whose end, 24:00, a term ends (K-07).

    ``provisional``: days of an unannounced year were counted, so that an import of that year
    may move it (K-06). ``calendar_version`` names the tables that were used.
    """

    due: date
    provisional: bool
    calendar_version: str


class WorkingCalendar:
    """Working days from the tables of some years, and by weekends and fixed days elsewhere."""

    def __init__(self, tables: Iterable[YearTable]) -> None:
        """Take one table a year, in any order.

        Raises:
            ValueError: Two tables are of the same year.
        """
        self._tables: dict[int, YearTable] = {}
        for table in tables:
            if table.year in self._tables:
                raise ValueError(f"the calendar of {table.year} is given twice")
            self._tables[table.year] = table
        content = [_content(table) for _, table in sorted(self._tables.items())]
        self.version: Final = hashlib.sha256(canonical.encode(content)).hexdigest()
        """SHA-256 in hexadecimal of what the tables say, however their files are written."""

    def is_provisional(self, day: date) -> bool:
        """Tell whether nothing has been announced for the day's year (K-06)."""
        return day.year not in self._tables

    def is_working_day(self, day: date) -> bool:
        """Tell whether a day is worked: as announced, otherwise by weekends and fixed days (K-06)."""
        table = self._tables.get(day.year)
        if table is None:
            return not is_weekend(day) and (day.month, day.day) not in FIXED_DAYS_OFF
        return day not in table.off and (not is_weekend(day) or day in table.working_weekends)

    def add_working_days(self, start: date, count: int) -> Deadline:
        """Return the last day of a term of working days; the start day does not count (K-07).

        Args:
            start: The civil day of the event, a working day or not.
            count: At least 1.

        Raises:
            ValueError: *count* is below 1, or the term ends after 9999-12-31.
        """
        day, left, provisional = start, _positive(count), False
        while left:
            day = _later(day, 1)
            left -= self.is_working_day(day)
            provisional = provisional or self.is_provisional(day)
        return Deadline(day, provisional, self.version)

    def add_natural_days(self, start: date, count: int, *, roll: bool) -> Deadline:
        """Return the last day of a term of natural days; the start day does not count.

        Args:
            start: The civil day of the event.
            count: At least 1.
            roll: Move a last day that is off to the next working day, as under CPL and R310
                (section 4.2); terms of other laws stay (K-08).

        Raises:
            ValueError: *count* is below 1, or the term ends after 9999-12-31.
        """
        last = _later(start, _positive(count))
        return (
            self.first_working_day(last) if roll else Deadline(last, provisional=False, calendar_version=self.version)
        )

    def first_working_day(self, day: date) -> Deadline:
        """Return a day that is worked itself, otherwise the next one that is; provisional by the days looked at.

        Raises:
            ValueError: There is none up to 9999-12-31.
        """
        provisional = self.is_provisional(day)
        while not self.is_working_day(day):
            day = _later(day, 1)
            provisional = provisional or self.is_provisional(day)
        return Deadline(day, provisional, self.version)

    def add_calendar_months(self, start: date, count: int) -> Deadline:
        """Return the last day of a term of months: the same day of the month, month ends clamped, never moved (K-08).

        Raises:
            ValueError: *count* is below 1, or the term ends after 9999-12-31.
        """
        return Deadline(civil.add_months(start, _positive(count)), provisional=False, calendar_version=self.version)

    @staticmethod
    def add_hours(instant: datetime, count: int) -> datetime:
        """Return the end of a term of hours. No day off moves it (section 4.2, "24小时").

        Args:
            instant: With a time zone.
            count: At least 1.

        Raises:
            ValueError: *instant* has no time zone, *count* is below 1, or the end lies after year 9999.
        """
        if instant.utcoffset() is None:
            raise ValueError(f"the instant {instant.isoformat()} has no time zone")
        try:
            return instant + timedelta(hours=_positive(count))
        except OverflowError:
            raise ValueError(f"{count} hours after {instant.isoformat()} is outside the years 1 to 9999") from None


def _content(table: YearTable) -> dict[str, object]:
    return {
        "year": table.year,
        "off": [day.isoformat() for day in sorted(table.off)],
        "working_weekends": [day.isoformat() for day in sorted(table.working_weekends)],
        "source": table.source,
    }


def _positive(count: int) -> int:
    if count < 1:
        raise ValueError(f"a term is at least 1 long, not {count}")
    return count


def _later(day: date, count: int) -> date:
    try:
        return day + timedelta(days=count)
    except OverflowError:
        raise ValueError(f"{count} days after {day} is outside the years 1 to 9999") from None
