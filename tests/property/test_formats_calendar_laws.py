"""Laws of counting days, over any tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from strategies import calendars

DAY = timedelta(days=1)
starts = st.dates(date(2025, 11, 1), date(2027, 3, 1))
counts = st.integers(1, 40)


@given(calendars(), starts, counts)
def test_a_term_holds_exactly_so_many_working_days_and_ends_on_one(calendar, start, count):
    deadline = calendar.add_working_days(start, count)
    days = _days(start + DAY, deadline.due)

    assert sum(map(calendar.is_working_day, days)) == count
    assert calendar.is_working_day(deadline.due)
    assert deadline.provisional is any(map(calendar.is_provisional, days))


@given(calendars(), starts, counts, counts)
def test_one_term_after_another_is_the_term_of_both(calendar, start, first, second):
    between = calendar.add_working_days(start, first).due

    assert calendar.add_working_days(between, second).due == calendar.add_working_days(start, first + second).due


@given(calendars(), starts, counts)
def test_a_rolled_term_ends_on_the_first_working_day_from_its_last_day_on(calendar, start, count):
    fixed = calendar.add_natural_days(start, count, roll=False)
    rolled = calendar.add_natural_days(start, count, roll=True)

    assert fixed.due == start + count * DAY
    assert not fixed.provisional
    assert [calendar.is_working_day(day) for day in _days(fixed.due, rolled.due)] == [False] * (
        (rolled.due - fixed.due).days
    ) + [True]
    assert rolled.provisional is any(map(calendar.is_provisional, _days(fixed.due, rolled.due)))


@given(calendars(), starts, starts, counts)
def test_an_earlier_start_never_gives_a_later_end(calendar, one, other, count):
    earlier, later = sorted([one, other])

    assert calendar.add_working_days(earlier, count).due <= calendar.add_working_days(later, count).due


@given(calendars(), st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), counts)  # noqa: DTZ001 - hypothesis adds the zone
def test_hours_are_hours_whatever_the_calendar(calendar, instant, count):
    assert calendar.add_hours(instant, count) - instant == timedelta(hours=count)


def _days(first, last):
    return [first + number * DAY for number in range((last - first).days + 1)]
