"""Laws of civil dates and instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from formats.civil import SHANGHAI, add_months, civil_date, format_instant, midnight, parse_date, parse_instant

days = st.dates(date(1, 1, 2), date(9999, 12, 30))
instants = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.sampled_from([UTC, SHANGHAI]))  # noqa: DTZ001 - hypothesis adds the zone


@given(days)
def test_a_day_holds_its_first_instant_and_none_before(day):
    first = midnight(day)

    assert civil_date(first) == day
    assert civil_date(first - timedelta(microseconds=1)) == day - timedelta(days=1)
    assert midnight(day + timedelta(days=1)) - first == timedelta(days=1)


@given(days)
def test_a_date_comes_back_from_its_text(day):
    assert parse_date(day.isoformat()) == day


@given(instants)
def test_an_instant_comes_back_from_its_text(instant):
    assert parse_instant(format_instant(instant)) == instant


@given(instants, instants)
def test_texts_sort_as_their_instants_do(one, other):
    assert (format_instant(one) < format_instant(other)) is (one < other)


@given(st.dates(date(1000, 1, 1), date(8000, 1, 1)), st.integers(-6000, 6000))
def test_months_keep_the_day_unless_the_month_lacks_it(day, months):
    result = add_months(day, months)

    assert (result.year - day.year) * 12 + result.month - day.month == months
    assert result.day == day.day or (result.day < day.day and (result + timedelta(days=1)).day == 1)


@given(st.dates(date(1000, 1, 1), date(8000, 1, 1)), st.dates(date(1000, 1, 1), date(8000, 1, 1)), st.integers(0, 600))
def test_an_earlier_start_never_ends_later(one, other, months):
    earlier, later = sorted([one, other])

    assert add_months(earlier, months) <= add_months(later, months)
