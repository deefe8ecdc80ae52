"""Laws of statutory deadlines, over any calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from builders import DAY
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import calendars

from formats.calendar import WorkingCalendar, YearTable
from formats.civil import civil_date, midnight
from gateway.domain.clock_list import CLOCKS
from gateway.domain.clock_rules import ClockParameters, Roll, Unit
from gateway.domain.clocks import Colour, colour, due
from gateway.domain.repair import early_exit, last_day

ORDER = (Colour.GREEN, Colour.YELLOW, Colour.RED)
"""OVER stands in RED's place where nobody is late."""

rules = st.sampled_from(sorted(CLOCKS.values(), key=lambda rule: rule.clock_id))
of_working_days = rules.filter(lambda rule: rule.unit is Unit.WORKING_DAYS)
starts = st.datetimes(datetime(2025, 11, 1), datetime(2027, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
days = st.dates(date(2025, 11, 1), date(2027, 3, 1))
parameters = st.builds(
    ClockParameters,
    rolling=st.frozensets(st.sampled_from([Roll.REFERRAL, Roll.SUPERVISION, Roll.REMEDY])),
    yellow_share=st.fractions(0, Fraction(99, 100)),
    yellow_least=st.integers(1, 5),
    yellow_most=st.integers(5, 30),
)


@given(rules, starts, calendars(), parameters)
def test_a_clock_ends_after_its_start_and_is_yellow_only_before_its_end(rule, start, calendar, chosen):
    deadline = due(rule, start, calendar, chosen)

    assert start < deadline.ends_at
    assert start < deadline.yellow_from <= deadline.ends_at
    assert deadline.unrolled <= deadline.due_on <= deadline.rolled


@given(of_working_days, starts, calendars(), parameters)
def test_a_clock_of_working_days_never_ends_on_a_day_off(rule, start, calendar, chosen):
    deadline = due(rule, start, calendar, chosen)

    assert calendar.is_working_day(deadline.due_on)
    assert not deadline.was_rolled


@given(rules, starts, calendars(), parameters)
def test_where_a_law_rolls_no_clock_ends_on_a_day_off_and_elsewhere_none_is_moved(rule, start, calendar, chosen):
    deadline = due(rule, start, calendar, chosen)

    if rule.roll in chosen.rolling:
        assert calendar.is_working_day(deadline.due_on)
        assert not any(
            calendar.is_working_day(deadline.unrolled + number * DAY)
            for number in range((deadline.due_on - deadline.unrolled).days)
        )
    else:
        assert not deadline.was_rolled


@given(rules, starts, calendars(), parameters, st.integers(1, 30))
def test_a_longer_clock_never_ends_earlier(rule, start, calendar, chosen, more):
    longer = replace(rule, length=rule.length + more)

    assert due(rule, start, calendar, chosen).ends_at <= due(longer, start, calendar, chosen).ends_at


@given(rules, starts, starts, calendars(), parameters)
def test_a_later_start_never_ends_earlier(rule, one, other, calendar, chosen):
    earlier, later = sorted([one, other])

    assert due(rule, earlier, calendar, chosen).ends_at <= due(rule, later, calendar, chosen).ends_at


@given(of_working_days, days, st.data())
def test_a_weekend_that_is_worked_in_addition_never_makes_a_deadline_later(rule, start, data):
    off = data.draw(st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=30))
    saturday = data.draw(st.dates(date(2026, 1, 1), date(2026, 12, 31)).filter(lambda day: day.weekday() > 4))
    assume(saturday not in off)
    before, after = (
        WorkingCalendar([YearTable(2026, off, worked, "drawn")]) for worked in (frozenset(), frozenset({saturday}))
    )

    assert due(rule, start, after).due_on <= due(rule, start, before).due_on


@given(
    rules,
    starts,
    calendars(),
    parameters,
    st.lists(st.timedeltas(timedelta(days=-5), timedelta(days=1200)), min_size=2),
)
def test_the_colour_of_what_is_not_done_only_ever_gets_worse(rule, start, calendar, chosen, offsets):
    deadline = due(rule, start, calendar, chosen)

    colours = [colour(deadline, start + offset) for offset in sorted(offsets)]
    ranks = [ORDER.index(Colour.RED if each is Colour.OVER else each) for each in colours]

    assert ranks == sorted(ranks)


@given(rules, starts, calendars(), starts, st.lists(st.timedeltas(timedelta(0), timedelta(days=1200)), min_size=1))
def test_once_done_the_colour_stays(rule, start, calendar, done_at, offsets):
    deadline = due(rule, start, calendar)

    colours = {colour(deadline, done_at + offset, done_at) for offset in offsets}

    assert colours == {Colour.DONE_IN_TIME if done_at < deadline.ends_at else Colour.DONE_LATE}


@given(rules.filter(lambda rule: rule.unit is not Unit.HOURS), starts, calendars(), parameters)
def test_yellow_begins_with_the_first_midnight_at_which_few_working_days_are_left(rule, start, calendar, chosen):
    deadline = due(rule, start, calendar, chosen)
    first, begins = civil_date(start), civil_date(deadline.yellow_from)

    def left(since):
        return sum(calendar.is_working_day(since + n * DAY) for n in range((deadline.due_on - since).days + 1))

    share = left(first + DAY) * chosen.yellow_share
    few = min(max(share.numerator // share.denominator, chosen.yellow_least), chosen.yellow_most)
    assert deadline.yellow_from == midnight(begins)
    assert left(begins) <= few
    assert begins == first + DAY or left(begins - DAY) > few


@given(rules, starts, calendars(), calendars())
def test_what_is_not_provisional_does_not_move_when_more_years_are_announced(rule, start, calendar, other):
    more = WorkingCalendar({**other._tables, **calendar._tables}.values())
    before, after = due(rule, start, calendar), due(rule, start, more)

    assert before.provisional or (before.ends_at, False) == (after.ends_at, after.provisional)


@given(days, days)
def test_an_early_exit_is_never_possible_before_the_correction_nor_before_half_a_year(decided, corrected):
    found = early_exit(decided, corrected)

    assert min(found.eligible_o45, found.eligible_cr36) >= max(corrected, decided)
    assert found.remind_on in {found.eligible_o45, found.eligible_cr36}
    assert (found.eligible_o45 - max(decided, corrected)).days >= 181 - 3
    assert (last_day(decided) - decided).days in range(3 * 365 - 1, 3 * 365 + 1)
