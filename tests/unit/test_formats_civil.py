"""Civil dates and instants, by example."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from formats.civil import SHANGHAI, add_months, civil_date, format_instant, midnight, parse_date, parse_instant


def test_a_civil_day_begins_eight_hours_before_it_does_in_utc():
    assert midnight(date(2026, 11, 24)) == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert midnight(date(2026, 11, 24)).tzinfo is UTC


def test_the_offset_is_fixed_even_where_the_tz_database_had_summer_time():
    assert midnight(date(1988, 7, 1)) == datetime(1988, 6, 30, 16, tzinfo=UTC)
    assert SHANGHAI.utcoffset(None) == timedelta(hours=8)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, 999999, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 16, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=-5))), date(2026, 11, 24)),
    ],
)
def test_the_civil_date_changes_at_sixteen_hours_utc(instant, day):
    assert civil_date(instant) == day


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -24, date(2024, 1, 15)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
        (date(2026, 11, 30), 13, date(2027, 12, 30)),
    ],
)
def test_months_keep_the_day_and_clamp_at_the_months_end(day, months, result):
    assert add_months(day, months) == result


@pytest.mark.parametrize(("day", "months"), [(date.max, 1), (date.min, -1), (date(2026, 1, 1), 10**9)])
def test_months_beyond_the_calendar_are_a_value_error(day, months):
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        add_months(day, months)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-1-2",
        "20260102",
        "2026/01/02",
        " 2026-01-02",
        "2026-01-02\n",
        "2026-W01-1",
        "２０２６-０１-０２",  # noqa: RUF100, RUF001 - full-width digits are the case
        "2026-01-02T00:00:00",
        "02-01-2026",
        "10000-01-01",
    ],
)
def test_a_date_in_any_other_form_is_refused(text):
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        parse_date(text)


@pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "2026-00-10", "0000-01-01"])
def test_a_day_that_does_not_exist_is_refused(text):
    with pytest.raises(ValueError, match="there is no day"):
        parse_date(text)


def test_an_instant_is_written_in_utc_with_microseconds():
    assert format_instant(datetime(2026, 11, 24, 16, tzinfo=SHANGHAI)) == "2026-11-24T08:00:00.000000Z"
    assert format_instant(datetime(987, 1, 2, 3, 4, 5, 6, tzinfo=UTC)) == "0987-01-02T03:04:05.000006Z"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-24T08:00:00Z", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24T16:00:00.5+08:00", datetime(2026, 11, 24, 8, 0, 0, 500000, tzinfo=UTC)),
        ("2026-11-24T08:00:00.000001-00:00", datetime(2026, 11, 24, 8, 0, 0, 1, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_with_any_offset_and_returned_in_utc(text, instant):
    assert parse_instant(text) == instant
    assert parse_instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T08:00:00",
        "2026-11-24 08:00:00Z",
        "2026-11-24T08:00Z",
        "2026-11-24T08:00:00Z\n",
        "2026-11-24T08:00:00+08:00:00",
        "2026-11-24T24:00:00Z",
        "2026-11-24T08:00:60Z",
        "2026-11-24T08:00:00.1234567Z",
        "2026-11-24T08:00:00,5Z",
        "2026-11-24T08:00:00+08:60",
        "2026-11-24T08:00:00+0800",
        "2026-11-24",
    ],
)
def test_an_instant_in_another_form_or_without_offset_is_refused(text):
    with pytest.raises(ValueError, match="with its offset"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["2026-02-30T08:00:00Z", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-01:00"])
def test_an_instant_that_does_not_exist_is_refused(text):
    with pytest.raises(ValueError, match="there is no instant"):
        parse_instant(text)


@pytest.mark.parametrize("function", [civil_date, format_instant])
def test_a_naive_datetime_is_refused(function):
    with pytest.raises(ValueError, match="no time zone"):
        function(datetime(2026, 11, 24))  # noqa: DTZ001 - the naive datetime is the case


@pytest.mark.parametrize(
    ("function", "value"),
    [
        (midnight, date.min),
        (civil_date, datetime.max.replace(tzinfo=UTC)),
        (format_instant, datetime.min.replace(tzinfo=SHANGHAI)),
    ],
)
def test_what_falls_off_the_calendar_is_a_value_error(function, value):
    with pytest.raises(ValueError, match="UTC"):
        function(value)
