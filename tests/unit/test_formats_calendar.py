"""The working-day calendar: the announced years, terms, and files that must not be read."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from formats.calendar import Deadline, WorkingCalendar, YearTable, load_year
from formats.civil import SHANGHAI

FOLDER = Path(__file__).parents[2] / "config" / "calendar"
CALENDAR = WorkingCalendar(load_year((FOLDER / f"{year}.toml").read_bytes()) for year in (2025, 2026))

SMALL_YEAR = """
year = 2026
source = "an announcement"
working_weekends = [2026-01-04, 2026-05-09]
[[off]]
name = "New Year"
from = 2026-01-01
to = 2026-01-03
[[off]]
name = "Labour Day"
from = 2026-05-01
to = 2026-05-02
[[off]]
name = "National Day"
from = 2026-10-01
to = 2026-10-03
"""


def _days(year):
    first = date(year, 1, 1)
    return [first + timedelta(days=each) for each in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_of_the_announced_years_is_as_two_libraries_have_it(year):
    official = holidays.country_holidays("CN", years=year)

    for day in _days(year):
        ours = CALENDAR.is_working_day(day)
        assert ours is chinese_calendar.is_workday(day), day
        assert ours is official.is_working_day(day), day
        assert not CALENDAR.is_provisional(day)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
        (date(2026, 2, 6), 10, date(2026, 2, 27)),
        (date(2026, 4, 30), 20, date(2026, 6, 1)),
        (date(2026, 9, 18), 3, date(2026, 9, 22)),
        (date(2026, 9, 30), 5, date(2026, 10, 13)),
        (date(2026, 10, 9), 15, date(2026, 10, 29)),
        (date(2025, 12, 31), 3, date(2026, 1, 6)),
    ],
)
def test_the_published_vectors_of_working_days_hold(start, count, due):
    assert CALENDAR.add_working_days(start, count) == Deadline(due, False, CALENDAR.version)  # noqa: FBT003 - the second field


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2027, 1, 1), False),
        (date(2027, 1, 4), True),
        (date(2027, 1, 2), False),
        (date(2027, 5, 3), True),
        (date(2029, 5, 1), False),
        (date(2029, 5, 2), False),
        (date(2029, 5, 3), True),
        (date(2029, 10, 1), False),
        (date(2029, 10, 2), False),
        (date(2029, 10, 3), False),
        (date(2029, 10, 4), True),
    ],
)
def test_an_unannounced_year_has_weekends_and_the_fixed_days_and_is_provisional(day, works):
    assert CALENDAR.is_working_day(day) is works
    assert CALENDAR.is_provisional(day)


def test_a_term_is_provisional_from_the_first_counted_day_of_an_unannounced_year():
    assert CALENDAR.add_working_days(date(2026, 12, 18), 9) == Deadline(date(2026, 12, 31), False, CALENDAR.version)  # noqa: FBT003
    assert CALENDAR.add_working_days(date(2026, 12, 18), 10) == Deadline(date(2027, 1, 4), True, CALENDAR.version)  # noqa: FBT003
    assert CALENDAR.add_working_days(date(2024, 12, 31), 1) == Deadline(date(2025, 1, 2), False, CALENDAR.version)  # noqa: FBT003


def test_a_term_that_crosses_an_unannounced_year_is_provisional_though_its_ends_are_not():
    only_2026 = WorkingCalendar([load_year((FOLDER / "2026.toml").read_bytes())])

    deadline = only_2026.add_working_days(date(2025, 12, 30), 5)

    assert deadline == Deadline(date(2026, 1, 7), True, only_2026.version)  # noqa: FBT003


@pytest.mark.parametrize(
    ("start", "count", "roll", "due", "provisional"),
    [
        (date(2026, 9, 28), 3, True, date(2026, 10, 8), False),
        (date(2026, 9, 28), 3, False, date(2026, 10, 1), False),
        (date(2026, 2, 11), 3, True, date(2026, 2, 14), False),
        (date(2026, 2, 12), 3, True, date(2026, 2, 24), False),
        (date(2026, 11, 24), 3, True, date(2026, 11, 27), False),
        (date(2026, 12, 29), 3, True, date(2027, 1, 4), True),
        (date(2026, 12, 29), 3, False, date(2027, 1, 1), False),
        (date(2026, 12, 28), 3, True, date(2026, 12, 31), False),
    ],
)
def test_natural_days_move_off_a_day_off_only_where_the_law_says_so(start, count, roll, due, provisional):
    assert CALENDAR.add_natural_days(start, count, roll=roll) == Deadline(due, provisional, CALENDAR.version)


def test_rolling_into_an_unannounced_year_is_provisional():
    only_2025 = WorkingCalendar(
        [YearTable(2025, frozenset({date(2025, 12, 31)}), frozenset(), "31 December made a day off")]
    )

    assert only_2025.add_natural_days(date(2025, 12, 30), 1, roll=True) == Deadline(
        date(2026, 1, 2), provisional=True, calendar_version=only_2025.version
    )


@pytest.mark.parametrize(
    ("day", "worked", "provisional"),
    [
        (date(2026, 9, 30), date(2026, 9, 30), False),
        (date(2026, 10, 1), date(2026, 10, 8), False),
        (date(2027, 1, 4), date(2027, 1, 4), True),
    ],
)
def test_the_first_working_day_from_a_day_on_may_be_that_day(day, worked, provisional):
    assert CALENDAR.first_working_day(day) == Deadline(worked, provisional, CALENDAR.version)


def test_months_never_move_and_need_no_announcement():
    assert CALENDAR.add_calendar_months(date(2026, 8, 31), 6) == Deadline(date(2027, 2, 28), False, CALENDAR.version)  # noqa: FBT003
    assert CALENDAR.add_calendar_months(date(2026, 9, 1), 1).due == date(2026, 10, 1)


def test_hours_are_not_moved_by_any_day_off():
    approved = datetime(2026, 9, 30, 17, tzinfo=SHANGHAI)

    assert CALENDAR.add_hours(approved, 24) == datetime(2026, 10, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("count", [0, -1])
def test_a_term_is_at_least_one_long(count):
    noon = datetime(2026, 9, 30, 12, tzinfo=UTC)
    for act in (
        lambda: CALENDAR.add_working_days(noon.date(), count),
        lambda: CALENDAR.add_natural_days(noon.date(), count, roll=True),
        lambda: CALENDAR.add_calendar_months(noon.date(), count),
        lambda: CALENDAR.add_hours(noon, count),
    ):
        with pytest.raises(ValueError, match="at least 1"):
            act()


def test_a_term_beyond_the_last_year_is_a_value_error():
    for act in (
        lambda: CALENDAR.add_working_days(date.max, 1),
        lambda: CALENDAR.add_natural_days(date.max, 1, roll=False),
        lambda: CALENDAR.add_natural_days(date(2026, 1, 1), 10**12, roll=False),
        lambda: CALENDAR.add_calendar_months(date.max, 1),
        lambda: CALENDAR.add_hours(datetime.max.replace(tzinfo=UTC), 1),
        lambda: CALENDAR.add_hours(datetime(2026, 1, 1, tzinfo=UTC), 10**15),
    ):
        with pytest.raises(ValueError, match="outside the years 1 to 9999"):
            act()


def test_hours_need_a_time_zone():
    with pytest.raises(ValueError, match="no time zone"):
        CALENDAR.add_hours(datetime(2026, 1, 1), 24)  # noqa: DTZ001 - the naive datetime is the case


def test_the_version_follows_what_the_tables_say_and_not_how_they_are_given():
    one = load_year(SMALL_YEAR.encode())
    commented = load_year(
        b"# a comment\n" + SMALL_YEAR.replace("2026-01-04, 2026-05-09", "2026-05-09, 2026-01-04").encode()
    )
    other = load_year(SMALL_YEAR.replace(", 2026-05-09", "").encode())
    renamed = load_year(SMALL_YEAR.replace("an announcement", "another").encode())
    shorter = load_year(SMALL_YEAR.replace("2026-01-03", "2026-01-02").encode())
    next_year = YearTable(2027, frozenset(), frozenset(), "x")

    versions = [WorkingCalendar(each).version for each in ([one], [other], [renamed], [shorter], [one, next_year], [])]

    assert len(set(versions)) == 6
    assert WorkingCalendar([commented]).version == versions[0]
    assert WorkingCalendar([next_year, one]).version == versions[4]


def test_the_version_is_the_same_in_every_process():
    content = (
        '[{"off":["2026-01-01","2026-01-02","2026-01-03","2026-05-01","2026-05-02","2026-10-01","2026-10-02",'
        '"2026-10-03"],"source":"an announcement","working_weekends":["2026-01-04","2026-05-09"],"year":2026}]'
    )

    assert WorkingCalendar([load_year(SMALL_YEAR.encode())]).version == hashlib.sha256(content.encode()).hexdigest()


def test_a_year_given_twice_is_refused():
    with pytest.raises(ValueError, match="2026 is given twice"):
        WorkingCalendar([load_year(SMALL_YEAR.encode())] * 2)


def test_a_file_gives_every_day_between_from_and_to():
    table = load_year(SMALL_YEAR.encode())

    assert (table.year, table.source) == (2026, "an announcement")
    assert table.working_weekends == {date(2026, 1, 4), date(2026, 5, 9)}
    assert len(table.off) == 8
    assert {date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)} < table.off


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("year = 2026", 'year = "2026"', "^year: "),
        ("year = 2026", "year = true", "^year: "),
        ("year = 2026", "year = 0", "^year: "),
        ("year = 2026", "", "^year: missing"),
        ("year = 2026", "year = 2026\nnote = 1", "^note: unknown key"),
        ('source = "an announcement"', "", "^source: missing"),
        ('"an announcement"', '" "', "^source: "),
        ('"an announcement"', "7", "^source: "),
        ("[2026-01-04, 2026-05-09]", '"2026-01-04"', "^working_weekends: a list"),
        ("2026-01-04", '"2026-01-04"', r"^working_weekends\[0\]: a date"),
        ("2026-01-04", "2026-01-04T00:00:00", r"^working_weekends\[0\]: a date"),
        ("2026-05-09", "2026-05-08", r"^working_weekends\[1\]: 2026-05-08 is no Saturday or Sunday"),
        ("2026-05-09", "2027-05-08", r"^working_weekends\[1\]: 2027-05-08 is not in 2026"),
        ("2026-05-09", "2026-01-04", r"^working_weekends\[1\]: 2026-01-04 is given twice"),
        ("2026-05-09", "2026-05-02", "^working_weekends: 2026-05-02 is also off"),
        ("from = 2026-01-01", "from = 2025-12-31", r"^off\[0\]\.from: 2025-12-31 is not in 2026"),
        ("to = 2026-10-03", "to = 2027-10-03", r"^off\[2\]\.to: 2027-10-03 is not in 2026"),
        ("to = 2026-01-03", "to = 2025-01-03", r"^off\[0\]\.to: "),
        ("from = 2026-01-01", "from = 2026-01-04", r"^off\[0\]\.to: 2026-01-03 is before 2026-01-04"),
        ("from = 2026-05-01", "from = 2026-01-03", r"^off\[1\]: 2026-01-03 is given twice"),
        ("from = 2026-05-01", "since = 2026-05-01", r"^off\[1\]\.since: unknown key"),
        ("to = 2026-05-02", "", r"^off\[1\]\.to: missing"),
        ('name = "Labour Day"', "", r"^off\[1\]\.name: missing"),
        ('"Labour Day"', '""', r"^off\[1\]\.name: "),
        ("to = 2026-05-02", "to = 2026-05-01", "^off: the statutory day 2026-05-02 is missing"),
        ("to = 2026-10-03", "to = 2026-10-02", "^off: the statutory day 2026-10-03 is missing"),
        ("[2026-01-04, 2026-05-09]", "[", "(?i)line"),
    ],
)
def test_a_file_with_a_slip_is_refused_naming_the_key(before, after, message):
    assert SMALL_YEAR.count(before) == 1

    with pytest.raises(ValueError, match=message):
        load_year(SMALL_YEAR.replace(before, after).encode())


@pytest.mark.parametrize(
    ("off", "message"),
    [
        ("off = 3", "^off: a list"),
        ("off = [3]", r"^off\[0\]: a table"),
        ("off = []", "^off: the statutory day 2026-01-01"),
    ],
)
def test_days_off_that_are_no_list_of_tables_are_refused(off, message):
    text = f'year = 2026\nsource = "x"\nworking_weekends = []\n{off}\n'

    with pytest.raises(ValueError, match=message):
        load_year(text.encode())


def test_a_file_in_another_encoding_is_refused():
    with pytest.raises(ValueError, match="utf-8"):
        load_year(SMALL_YEAR.replace("an announcement", "国务院").encode("gb18030"))


def test_the_second_of_may_is_required_only_since_it_is_statutory():
    text = 'year = 2024\nsource = "x"\nworking_weekends = []\noff = []\n'

    assert load_year(text.encode()).off == frozenset()
