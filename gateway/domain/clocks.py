"""Statutory deadlines on the calendar: when a clock ends, and how it stands at a moment.

Pure counting. Which clocks there are is in ``clock_list``; whether one is running and what has been done are facts
that the caller knows. When another calendar is imported, the same rule and start are counted again: nothing is stored
here. Whether an enterprise may apply for early removal is in ``repair``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from formats.civil import civil_date, midnight
from gateway.domain.clock_rules import AS_SHIPPED, Kind, Roll, Unit
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from formats.calendar import Deadline as TermEnd
    from formats.calendar import WorkingCalendar
    from gateway.domain.clock_rules import ClockParameters, ClockRule

_DAY = timedelta(days=1)


class Colour(Word):
    """How a clock stands at a moment."""

    GREEN = 1
    YELLOW = 2
    """Little is left."""
    RED = 3
    """A duty is past due and not done."""
    OVER = 4
    """A right or a term has run out: nobody is late."""
    DONE_IN_TIME = 5
    DONE_LATE = 6


@dataclass(frozen=True, slots=True)
class Deadline:
    """When one clock that has started ends, by one calendar."""

    rule: ClockRule
    start: date | datetime
    ends_at: datetime
    """First instant, in UTC, that is too late: 24:00 in UTC+8 of the last day (K-07), or the end of the hours."""
    yellow_from: datetime
    """First instant, in UTC, at which little is left; never after ``ends_at``."""
    unrolled: date
    """Last civil day if no day off moved it."""
    rolled: date
    """Last civil day if any day off moves it; the same where the rule never moves. Both are shown (section 4.2)."""
    provisional: bool
    """Days of an unannounced year were counted: an import of that year may move ``due_on`` (K-06)."""
    calendar_version: str

    @property
    def due_on(self) -> date:
        """The civil day, in UTC+8, with the last instant that is in time."""
        return civil_date(self.ends_at - datetime.resolution)

    @property
    def was_rolled(self) -> bool:
        """Whether a day off has moved ``due_on``."""
        return self.due_on != self.unrolled


def due(
    rule: ClockRule,
    start: date | datetime,
    calendar: WorkingCalendar,
    parameters: ClockParameters = AS_SHIPPED,
) -> Deadline:
    """Return when a clock ends that *start* has started.

    Args:
        rule: The clock; ``rule.extended()`` where an extension was approved.
        start: The civil day of the event, which does not count (K-07), or its instant. A clock of hours needs the
            instant, and no day off moves its end.
        calendar: The years announced so far.
        parameters: What the law leaves open.

    Raises:
        ValueError: *start* is an instant without a time zone or, for hours, no instant; the rule's length is below
            1; or the end lies after 9999-12-31.
    """
    rule = parameters.applied(rule)
    if rule.unit is Unit.HOURS:
        return _due_in_hours(rule, start, calendar, parameters)
    first = civil_date(start) if isinstance(start, datetime) else start
    unrolled = _last_day(rule, first, calendar)
    rolled = unrolled if rule.roll is Roll.NEVER else calendar.first_working_day(unrolled.due)
    last = rolled if rule.roll in parameters.rolling else unrolled
    return Deadline(
        rule,
        start,
        ends_at=_end_of(last.due),
        yellow_from=_yellow_from(first, last.due, calendar, parameters),
        unrolled=unrolled.due,
        rolled=rolled.due,
        provisional=last.provisional,
        calendar_version=calendar.version,
    )


def due_by(
    rule: ClockRule, start: date, last: date, calendar: WorkingCalendar, parameters: ClockParameters = AS_SHIPPED
) -> Deadline:
    """Return the deadline of a duty whose last civil day somebody has fixed, so that no calendar moves it.

    Args:
        rule: Whose duty it is, and by what; its length is not looked at.
        start: The civil day of the event.
        last: The last civil day that is in time, *start* or later.
        calendar: By which it is told when little is left.
        parameters: Likewise.
    """
    return Deadline(
        rule,
        start,
        ends_at=_end_of(last),
        yellow_from=_yellow_from(start, last, calendar, parameters),
        unrolled=last,
        rolled=last,
        provisional=False,
        calendar_version=calendar.version,
    )


def colour(deadline: Deadline, now: datetime, done_at: datetime | None = None) -> Colour:
    """Return how a clock stands at *now*.

    Args:
        deadline: Of the clock.
        now: An instant.
        done_at: When it was done; None while it is not. What lies after *now* is not yet done. Of an act known by its
            date only give that day's first instant; a clock of hours needs the true one.

    Raises:
        TypeError: An instant has no time zone.
    """
    if done_at is not None and done_at <= now:
        return Colour.DONE_IN_TIME if done_at < deadline.ends_at else Colour.DONE_LATE
    if now >= deadline.ends_at:
        return Colour.RED if deadline.rule.kind is Kind.DUTY else Colour.OVER
    return Colour.YELLOW if now >= deadline.yellow_from else Colour.GREEN


def alarmed(deadlines: Iterable[Deadline]) -> Deadline:
    """Return, of several clocks on one duty, that which ends first: the alarm is set to it (C-09).

    Raises:
        ValueError: There is none.
    """
    return min(deadlines, key=lambda deadline: (deadline.ends_at, deadline.rule.clock_id))


def _due_in_hours(
    rule: ClockRule, start: date | datetime, calendar: WorkingCalendar, parameters: ClockParameters
) -> Deadline:
    if not isinstance(start, datetime):
        raise ValueError(f"start: {rule.clock_id} counts hours and needs the instant, not the day {start}")  # noqa: TRY004 - bad input is a ValueError here, whatever is wrong with it
    ends_at = calendar.add_hours(start, rule.length).astimezone(UTC)
    last = civil_date(ends_at - datetime.resolution)
    yellow_from = ends_at - float(parameters.yellow_share) * timedelta(hours=rule.length)
    return Deadline(rule, start, ends_at, yellow_from, last, last, provisional=False, calendar_version=calendar.version)


def _last_day(rule: ClockRule, first: date, calendar: WorkingCalendar) -> TermEnd:
    match rule.unit:
        case Unit.WORKING_DAYS:
            end = calendar.add_working_days(first, rule.length)
        case Unit.NATURAL_DAYS:
            end = calendar.add_natural_days(first, rule.length, roll=False)
        case _:
            end = calendar.add_calendar_months(first, rule.months)
    return replace(end, due=end.due - _DAY) if rule.start_day_counts else end


def _end_of(day: date) -> datetime:
    try:
        return midnight(day + _DAY)
    except OverflowError:
        raise ValueError(f"the end of {day} is outside the years 1 to 9999") from None


def _yellow_from(first: date, last: date, calendar: WorkingCalendar, parameters: ClockParameters) -> datetime:
    """Return the first midnight after *first* at which no more working days are left than are yellow."""
    days = (first + number * _DAY for number in range(1, (last - first).days + 1))
    working = [day for day in days if calendar.is_working_day(day)]
    share = int(len(working) * parameters.yellow_share)
    yellow = min(max(share, parameters.yellow_least), parameters.yellow_most)
    return _end_of(working[-yellow - 1] if len(working) > yellow else first)
