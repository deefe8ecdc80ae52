"""Both grades against an oracle written from the law's text alone: months are counted on the fingers.

Nothing of formats.civil is used. "Within two years" is the 24 months that end with the moment; a day that a
shorter month lacks is its last one; days begin at midnight in Shanghai, at 16:00 UTC of the day before. The national
grade looks at the calendar year before.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from builders import NATIONAL, RULES, complaint, dossier, profile, violation
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.domain import timeline
from gateway.domain.kinds.labour_violation import Circumstance
from gateway.domain.vocabulary import GradeLetter

LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
PROFILE = (profile("1999-01-01"),)
HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)


# The oracle.


def shanghai(moment):
    """Return (year, month, day) of the wall clock in Shanghai."""
    local = moment + 8 * HOUR
    return local.year, local.month, local.day


def two_years_later(day):
    year, month, number = day[0] + 2, day[1], day[2]
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 29 if month == 2 and leap else LENGTHS[month - 1]
    return year, month, min(number, longest)


def counts(accepted, verified, moment):
    """Whether a complaint is one of the last 24 months, and verified, when the clock shows *moment*."""
    today = shanghai(moment)
    return accepted <= today and verified <= today < two_years_later(accepted)


def law_of_15333(complaints, moment):
    return sum(counts(accepted, verified, moment) for accepted, verified in complaints) >= 6


def law_of_the_state(punished, moment):
    """Return the letter by the record of the calendar year before the one that the clock shows."""
    year = [grave for day, grave in punished if day[0] == shanghai(moment)[0] - 1]
    if len(year) >= 3 or any(year):
        return "C"
    return "B" if year else "A"


# The laws.

days = st.dates(date(2019, 1, 1), date(2026, 12, 31)) | st.sampled_from(
    [date(year, month, day) for year in (2020, 2023, 2024) for month, day in ((2, 28), (12, 31), (1, 1), (8, 31))]
    + [date(2020, 2, 29), date(2024, 2, 29)]
)
complaints = st.lists(st.tuples(days, st.integers(0, 800)), min_size=4, max_size=9)
near = st.sampled_from([timedelta(0), -INSTANT, INSTANT, -8 * HOUR, 8 * HOUR, -24 * HOUR, 24 * HOUR])


def triple(day):
    return day.year, day.month, day.day


def sixteen_hundred_the_day_before(day):
    return datetime(*triple(day), tzinfo=UTC) - 8 * HOUR


def moments(data, dates):
    """Draw a moment near the midnight of one of *dates*, or of its second anniversary."""
    day = data.draw(st.sampled_from(dates))
    turn = sixteen_hundred_the_day_before(day)
    if data.draw(st.booleans()):
        turn = sixteen_hundred_the_day_before(date(*two_years_later(triple(day))))
    return turn + data.draw(near)


def grade(facts, moment, using):
    return timeline.build(dossier(*facts, profiles=PROFILE), using).at(moment)[0].grade


@given(complaints, st.data())
def test_b_of_15333_is_six_complaints_of_the_24_months_before_at_every_boundary(drawn, data):
    pairs = [(accepted, accepted + timedelta(days=later)) for accepted, later in drawn]
    facts = [complaint(str(a), str(v), verified_on=v) for a, v in pairs]
    moment = moments(data, [day for pair in pairs for day in pair])

    expected = law_of_15333([(triple(a), triple(v)) for a, v in pairs], moment)

    assert (grade(facts, moment, RULES).letter is GradeLetter.B) is expected


@given(days)
@example(date(2024, 2, 29))
@example(date(2022, 2, 28))
@example(date(2023, 8, 31))
def test_the_sixth_complaint_makes_b_at_its_midnight_and_leaves_at_that_of_its_second_anniversary(accepted):
    facts = [complaint(str(accepted), str(accepted)) for _ in range(6)]
    begins = sixteen_hundred_the_day_before(accepted)
    ends = sixteen_hundred_the_day_before(date(*two_years_later(triple(accepted))))
    letters = [grade(facts, moment, RULES).letter for moment in (begins - INSTANT, begins, ends - INSTANT, ends)]
    assert letters == [GradeLetter.A, GradeLetter.B, GradeLetter.B, GradeLetter.A]
    assert grade(facts[:5], begins, RULES).letter is GradeLetter.A_WATCH


@given(st.lists(st.tuples(days, st.booleans()), min_size=1, max_size=6), st.data())
def test_the_national_letter_is_the_law_of_the_calendar_year_before_at_every_boundary(drawn, data):
    facts = [violation(str(day), *([Circumstance.MASS_EVENT] if grave else [])) for day, grave in drawn]
    turns = [date(day.year + years, 1, 1) for day, _ in drawn for years in (0, 1, 2)]
    moment = moments(data, [*turns, *(day for day, _ in drawn)])

    expected = law_of_the_state([(triple(day), grave) for day, grave in drawn], moment)

    assert grade(facts, moment, NATIONAL).letter.name == expected


@given(st.lists(st.tuples(days, st.booleans()), max_size=6), st.data())
def test_the_national_grade_changes_at_no_other_instant_than_midnight_of_new_years_day(drawn, data):
    facts = [violation(str(day), *([Circumstance.MASS_EVENT] if grave else [])) for day, grave in drawn]
    line = timeline.build(dossier(*facts, profiles=PROFILE), NATIONAL)
    assert all(shanghai(instant)[1:] == (1, 1) and (instant + 8 * HOUR).hour == 0 for instant in line.instants)
    moment = moments(data, [date(2020, 1, 1), date(2025, 6, 30)])
    assert NATIONAL.period_at(moment) == str(shanghai(moment)[0] - 1)
