"""Clocks on the calendar: when each ends, what moves it, and how it stands at a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from builders import DAY, INSTANT, at, day

from formats.calendar import WorkingCalendar, YearTable, load_year
from formats.civil import SHANGHAI, midnight
from gateway.domain.clock_list import CLOCKS
from gateway.domain.clock_rules import ClockParameters, Roll
from gateway.domain.clocks import Colour, alarmed, colour, due
from gateway.domain.listing_clocks import LISTING_TERM, REPAIR_DECISION

FOLDER = Path(__file__).parents[2] / "config" / "calendar"
CALENDAR = WorkingCalendar(load_year((FOLDER / f"{year}.toml").read_bytes()) for year in (2025, 2026))
NEW_YEAR_2027 = YearTable(
    2027, frozenset({date(2027, 1, 1), date(2027, 1, 4)}), frozenset({date(2027, 1, 2)}), "as if announced"
)
ALL_ROLL = ClockParameters(rolling=frozenset({Roll.REFERRAL, Roll.SUPERVISION, Roll.REMEDY}))


def due_on(clock_id, start, **more):
    return due(CLOCKS[clock_id], start if isinstance(start, datetime) else day(start), CALENDAR, **more).due_on


@pytest.mark.parametrize(
    ("clock_id", "start", "last"),
    [
        ("L-06/object", "2026-02-13", "2026-02-27"),
        ("L-06/verify", "2026-02-13", "2026-02-27"),
        ("C-07/answer", "2026-02-06", "2026-02-27"),
        ("L-19b/unpublish", "2026-02-06", "2026-02-27"),
        ("L-08/decide", "2026-04-30", "2026-06-01"),
        ("I-30/report", "2026-09-18", "2026-09-22"),
        ("C-07/accept", "2026-09-18", "2026-09-22"),
        ("L-06/object", "2026-09-30", "2026-10-13"),
        ("L-16/decide", "2026-10-09", "2026-10-29"),
        ("P-06/review", "2026-10-09", "2026-10-29"),
        ("APL-48/withdraw", "2025-12-31", "2026-01-06"),
        ("I-31/publish", "2026-09-18", "2026-09-29"),
        ("C-08/decide", "2026-09-18", "2026-09-29"),
    ],
)
def test_a_clock_of_working_days_ends_as_the_published_vectors_say(clock_id, start, last):
    deadline = due(CLOCKS[clock_id], day(start), CALENDAR)

    assert deadline.due_on == deadline.unrolled == deadline.rolled == day(last)
    assert deadline.ends_at == midnight(day(last) + DAY)
    assert not deadline.provisional
    assert not deadline.was_rolled
    assert deadline.calendar_version == CALENDAR.version


def test_an_instant_starts_a_clock_of_days_on_its_civil_day():
    late_in_the_evening_in_utc = datetime(2026, 9, 17, 16, tzinfo=UTC)

    assert due_on("I-30/report", late_in_the_evening_in_utc) == day("2026-09-22")


def test_the_decision_on_a_complex_case_has_twice_the_days():
    rule = CLOCKS["L-08/decide"]
    longer = rule.extended()

    assert due(longer, day("2026-04-30"), CALENDAR).due_on == day("2026-06-30")
    assert due(longer, day("2026-04-30"), CALENDAR).due_on == due(rule, day("2026-06-01"), CALENDAR).due_on
    with pytest.raises(ValueError, match="L-08/decide cannot be extended beyond 40 WD"):
        longer.extended()


def test_an_extension_from_memory_leaves_the_clock_unconfirmed():
    review = CLOCKS["T-27/decide"]
    lead, major = review.extended(), review.extended().extended()

    assert [rule.length for rule in (review, lead, major)] == [3, 10, 30]
    assert [rule.confirmed for rule in (review, lead, major)] == [True, False, False]
    assert CLOCKS["L-08/decide"].extended().confirmed
    with pytest.raises(ValueError, match="T-27/decide"):
        major.extended()


@pytest.mark.parametrize(
    ("start", "unrolled", "rolled", "provisional"),
    [
        ("2026-09-28", "2026-10-01", "2026-10-08", False),
        ("2026-11-24", "2026-11-27", "2026-11-27", False),
        ("2026-11-25", "2026-11-28", "2026-11-30", False),
        ("2026-02-11", "2026-02-14", "2026-02-14", False),
        ("2026-12-29", "2027-01-01", "2027-01-04", True),
    ],
)
def test_three_days_of_a_referral_move_off_a_day_off_and_both_dates_are_shown(start, unrolled, rolled, provisional):
    deadline = due(CLOCKS["T-21/approve"], day(start), CALENDAR)

    assert (deadline.unrolled, deadline.rolled) == (day(unrolled), day(rolled))
    assert deadline.due_on == deadline.rolled
    assert deadline.was_rolled is (rolled != unrolled)
    assert deadline.provisional is provisional


def test_three_days_of_a_referral_stay_where_the_setting_says_so_and_both_dates_are_still_shown():
    deadline = due(CLOCKS["T-21/approve"], day("2026-12-29"), CALENDAR, ClockParameters(rolling=frozenset()))

    assert (deadline.due_on, deadline.unrolled, deadline.rolled) == (
        day("2027-01-01"),
        day("2027-01-01"),
        day("2027-01-04"),
    )
    assert not deadline.was_rolled
    assert not deadline.provisional


@pytest.mark.parametrize(
    ("clock_id", "start", "unrolled", "rolled"),
    [
        ("T-34/explain", "2026-09-24", "2026-10-01", "2026-10-08"),
        ("T-35/file", "2026-09-18", "2026-10-03", "2026-10-08"),
        ("T-36/tell", "2026-09-24", "2026-10-04", "2026-10-08"),
        ("T-37/conclude", "2026-07-01", "2026-10-01", "2026-10-08"),
        ("L-19c/reconsideration", "2026-08-03", "2026-10-02", "2026-10-08"),
        ("L-19c/lawsuit", "2026-04-01", "2026-10-01", "2026-10-08"),
    ],
)
def test_supervision_and_remedies_move_only_where_the_setting_says_so(clock_id, start, unrolled, rolled):
    as_shipped = due(CLOCKS[clock_id], day(start), CALENDAR)
    rolling = due(CLOCKS[clock_id], day(start), CALENDAR, ALL_ROLL)

    assert as_shipped.due_on == day(unrolled)
    assert rolling.due_on == day(rolled)
    assert rolling.was_rolled
    assert {(each.unrolled, each.rolled) for each in (as_shipped, rolling)} == {(day(unrolled), day(rolled))}


def test_months_end_on_the_last_day_of_a_shorter_month():
    assert due_on("L-19c/lawsuit", "2026-08-31") == day("2027-02-28")
    assert due_on("T-37/conclude", "2026-11-30") == day("2027-02-28")


@pytest.mark.parametrize(("decided", "last"), [("2026-03-02", "2029-03-01"), ("2024-02-29", "2027-02-27")])
def test_a_listing_ends_at_the_midnight_of_its_third_anniversary_whatever_day_that_is(decided, last):
    deadline = due(LISTING_TERM, day(decided), CALENDAR, ALL_ROLL)

    assert deadline.due_on == deadline.rolled == day(last)
    assert deadline.ends_at == midnight(day(last) + DAY)


@pytest.mark.parametrize("clock_id", ["T-22/send", "T-25/forward", "T-26/ask"])
def test_twenty_four_hours_run_through_every_holiday(clock_id):
    approved = datetime(2026, 9, 30, 17, 30, tzinfo=SHANGHAI)

    deadline = due(CLOCKS[clock_id], approved, CALENDAR, ALL_ROLL)

    assert deadline.ends_at == datetime(2026, 10, 1, 9, 30, tzinfo=UTC)
    assert deadline.ends_at.tzinfo is UTC
    assert deadline.due_on == deadline.unrolled == deadline.rolled == day("2026-10-01")
    assert deadline.yellow_from == deadline.ends_at - timedelta(hours=8)
    assert not deadline.provisional
    assert deadline.calendar_version == CALENDAR.version


def test_hours_from_midnight_end_with_the_same_day():
    deadline = due(CLOCKS["T-22/send"], at("2026-10-02"), CALENDAR)

    assert deadline.due_on == deadline.unrolled == deadline.rolled == day("2026-10-02")
    assert not deadline.was_rolled


def test_hours_need_an_instant_and_every_instant_a_time_zone():
    with pytest.raises(ValueError, match=r"^start: T-22/send counts hours"):
        due(CLOCKS["T-22/send"], day("2026-10-02"), CALENDAR)
    for clock_id in ("T-22/send", "L-08/decide"):
        with pytest.raises(ValueError, match="no time zone"):
            due(CLOCKS[clock_id], datetime(2026, 10, 2), CALENDAR)  # noqa: DTZ001 - the naive datetime is the case


def test_an_import_of_the_year_moves_a_provisional_deadline():
    rule, start = CLOCKS["L-08/decide"], day("2026-12-18")
    announced = WorkingCalendar(
        [load_year((FOLDER / "2026.toml").read_bytes()), replace(NEW_YEAR_2027, working_weekends=frozenset())]
    )

    before = due(rule, start, CALENDAR)
    after = due(before.rule, before.start, announced)

    assert (before.due_on, before.provisional) == (day("2027-01-18"), True)
    assert (after.due_on, after.provisional) == (day("2027-01-19"), False)
    assert before.calendar_version != after.calendar_version == announced.version


def test_an_import_that_works_a_weekend_brings_a_provisional_deadline_forward():
    announced = WorkingCalendar(
        [load_year((FOLDER / "2026.toml").read_bytes()), replace(NEW_YEAR_2027, off=frozenset({date(2027, 1, 1)}))]
    )

    before, after = (due(CLOCKS["L-06/object"], day("2026-12-30"), each) for each in (CALENDAR, announced))

    assert (before.due_on, after.due_on) == (day("2027-01-07"), day("2027-01-06"))


@pytest.mark.parametrize("clock_id", ["L-06/object", "T-21/approve", "L-19c/lawsuit", "L-19c/reconsideration"])
def test_a_deadline_beyond_the_last_year_is_a_value_error(clock_id):
    with pytest.raises(ValueError, match="outside the years"):
        due(CLOCKS[clock_id], date.max - DAY, CALENDAR)


def test_a_last_day_without_a_midnight_after_it_is_a_value_error():
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        due(CLOCKS["T-34/explain"], date.max - 7 * DAY, CALENDAR, ClockParameters(rolling=frozenset()))


@pytest.mark.parametrize(
    ("clock_id", "start", "yellow"),
    [
        ("I-30/report", "2026-09-18", "2026-09-22"),
        ("L-06/verify", "2026-09-30", "2026-10-13"),
        ("L-16/decide", "2026-10-09", "2026-10-23"),
        ("L-08/decide", "2026-04-30", "2026-05-23"),
        ("L-13/term", "2025-03-03", "2028-02-18"),
        ("T-21/approve", "2026-02-12", "2026-02-15"),
        ("T-21/approve", "2026-11-25", "2026-11-28"),
        ("T-21/approve", "2026-10-02", "2026-10-03"),
    ],
)
def test_yellow_begins_when_a_third_of_the_working_days_is_left(clock_id, start, yellow):
    assert due(CLOCKS[clock_id], day(start), CALENDAR).yellow_from == at(yellow)


def test_the_yellow_days_have_a_least_and_a_most():
    rule, start = CLOCKS["L-16/decide"], day("2026-10-09")
    never_less = ClockParameters(yellow_share=Fraction(0), yellow_least=2)
    never_more = ClockParameters(yellow_share=Fraction(9, 10), yellow_most=2)
    always = ClockParameters(yellow_least=15, yellow_most=15)

    assert due(rule, start, CALENDAR, never_less).yellow_from == at("2026-10-28")
    assert due(rule, start, CALENDAR, never_more).yellow_from == at("2026-10-28")
    assert due(rule, start, CALENDAR, always).yellow_from == at("2026-10-10")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"rolling": frozenset({Roll.NEVER})}, "rolling"),
        ({"yellow_share": Fraction(1)}, "yellow_share"),
        ({"yellow_share": Fraction(-1, 2)}, "yellow_share"),
        ({"yellow_least": 0}, "yellow_least"),
        ({"yellow_least": 3, "yellow_most": 2}, "yellow_most"),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_its_name(changes, name):
    with pytest.raises(ValueError, match=f"^{name}: "):
        ClockParameters(**changes)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at("2026-10-09"), Colour.GREEN),
        (at("2026-10-23") - INSTANT, Colour.GREEN),
        (at("2026-10-23"), Colour.YELLOW),
        (at("2026-10-30") - INSTANT, Colour.YELLOW),
        (at("2026-10-30"), Colour.RED),
    ],
)
def test_a_duty_turns_yellow_and_at_the_end_of_its_last_day_red(now, expected):
    assert colour(due(CLOCKS["L-16/decide"], day("2026-10-09"), CALENDAR), now) is expected


@pytest.mark.parametrize("clock_id", ["L-06/object", "L-19c/lawsuit", "L-13/term", "L-21/early-exit"])
def test_nobody_is_late_when_a_right_or_a_term_runs_out(clock_id):
    deadline = due(CLOCKS[clock_id], day("2026-03-02"), CALENDAR)

    assert colour(deadline, deadline.ends_at - INSTANT) is Colour.YELLOW
    assert colour(deadline, deadline.ends_at) is Colour.OVER


def test_what_is_done_is_in_time_up_to_the_last_instant_of_the_last_day_and_keeps_its_colour():
    deadline = due(CLOCKS["L-16/decide"], day("2026-10-09"), CALENDAR)
    much_later = at("2027-06-01")

    assert colour(deadline, much_later, deadline.ends_at - INSTANT) is Colour.DONE_IN_TIME
    assert colour(deadline, much_later, deadline.ends_at) is Colour.DONE_LATE
    assert colour(deadline, deadline.ends_at, deadline.ends_at) is Colour.DONE_LATE


def test_what_will_be_done_later_is_not_done_yet():
    deadline = due(CLOCKS["L-16/decide"], day("2026-10-09"), CALENDAR)

    assert colour(deadline, at("2026-10-28"), at("2026-10-28") + INSTANT) is Colour.YELLOW
    assert colour(deadline, at("2026-11-01"), at("2026-11-02")) is Colour.RED


def test_an_instant_without_a_time_zone_has_no_colour():
    with pytest.raises(TypeError):
        colour(due(CLOCKS["L-16/decide"], day("2026-10-09"), CALENDAR), datetime(2026, 10, 9))  # noqa: DTZ001 - the naive datetime is the case


def test_of_the_three_clocks_on_a_repair_the_first_to_end_is_alarmed():
    applied = {clock_id: due(CLOCKS[clock_id], day("2026-10-09"), CALENDAR) for clock_id in REPAIR_DECISION}
    accepted_late = due(CLOCKS["C-08/decide"], day("2026-10-19"), CALENDAR)
    extended = due(CLOCKS["C-08/decide"].extended(), day("2026-10-09"), CALENDAR)

    assert alarmed(applied.values()) is applied["C-08/decide"]
    assert alarmed([applied["L-16/decide"], accepted_late, applied["C-07/answer"]]) is applied["C-07/answer"]
    assert alarmed([extended, applied["L-16/decide"]]) is applied["L-16/decide"]
    with pytest.raises(ValueError, match="empty"):
        alarmed([])


def test_of_two_clocks_that_end_together_the_alarm_does_not_depend_on_their_order():
    both = [due(CLOCKS[clock_id], day("2026-10-09"), CALENDAR) for clock_id in ("L-06/object", "L-06/verify")]

    assert alarmed(both) is alarmed(reversed(both)) is both[0]
