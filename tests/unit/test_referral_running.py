"""The clocks of a referral: started by its steps, ended by them, counted over the holidays of a real year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from referral_samples import facts

from formats.calendar import WorkingCalendar, load_year
from formats.civil import SHANGHAI
from gateway.domain.clock_rules import ClockParameters
from gateway.domain.clocks import Colour
from gateway.domain.referral_running import DUTIES, clocks_of_referral, clocks_of_telling
from gateway.domain.referral_steps import ReferralAct
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referrals import ReferralEntry, referral_of

FOLDER = Path(__file__).parents[2] / "config" / "calendar"
CALENDAR = WorkingCalendar(load_year((FOLDER / f"{year}.toml").read_bytes()) for year in (2025, 2026))
EVE = datetime(2026, 9, 30, 16, tzinfo=SHANGHAI).astimezone(UTC)
"""The afternoon before seven days off, which end with 2026-10-07."""


def case(*steps: tuple[Kind, datetime]) -> list[ReferralAct]:
    return [ReferralAct(kind, "a", at, f"{place}号", "00" * 32, ("o",)) for place, (kind, at) in enumerate(steps)]


def clocks(acts, now, parameters=None):
    found = clocks_of_referral("YS-1", "示例市人社局", acts, now, CALENDAR, parameters or ClockParameters())
    return {clock.rule.clock_id: clock for clock in found}


def test_three_days_roll_over_the_holidays_and_both_dates_are_there():
    clock = clocks(case((Kind.NON_FILING, EVE)), EVE)["T-30/contest"]

    assert (clock.deadline.unrolled, clock.deadline.due_on) == (date(2026, 10, 3), date(2026, 10, 8))
    assert clock.colour is Colour.GREEN

    unmoved = clocks(case((Kind.NON_FILING, EVE)), EVE, ClockParameters(rolling=frozenset()))["T-30/contest"]
    assert unmoved.deadline.due_on == date(2026, 10, 3)


def test_twenty_four_hours_are_hours_through_every_holiday():
    acts = case((Kind.APPROVAL, EVE))
    ends = EVE + timedelta(hours=24)

    clock = clocks(acts, ends - timedelta(seconds=1))["T-22/send"]
    assert clock.deadline.ends_at == ends
    assert clock.colour is Colour.YELLOW
    assert clocks(acts, ends)["T-22/send"].colour is Colour.RED


def test_a_step_ends_the_clock_of_the_one_before_in_time_or_late():
    sent_in_time = case((Kind.APPROVAL, EVE), (Kind.SENDING, EVE + timedelta(hours=23)))
    sent_late = case((Kind.APPROVAL, EVE), (Kind.SENDING, EVE + timedelta(hours=25)))
    now = EVE + timedelta(days=30)

    assert clocks(sent_in_time, now)["T-22/send"].colour is Colour.DONE_IN_TIME
    assert clocks(sent_late, now)["T-22/send"].colour is Colour.DONE_LATE


def test_a_lead_and_then_a_complex_case_lengthen_the_decision_on_filing():
    received = (Kind.RECEIPT, datetime(2026, 3, 2, 2, tzinfo=UTC))
    later = received[1] + timedelta(days=1)

    def due_on(*extensions):
        return clocks(case(received, *extensions), later)["T-27/decide"].deadline.due_on

    assert due_on() == date(2026, 3, 5)
    assert due_on((Kind.EXTENSION, later)) == date(2026, 3, 12)
    assert due_on(*[(Kind.EXTENSION, later)] * 2) == due_on(*[(Kind.EXTENSION, later)] * 3) == date(2026, 4, 1)


def test_police_that_forward_a_case_have_nothing_to_decide_and_the_next_have():
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    acts = case((Kind.RECEIPT, at), (Kind.FORWARDING, at + timedelta(hours=2)), (Kind.RECEIPT, at + timedelta(days=3)))
    found = clocks_of_referral("YS-1", "x", acts, at + timedelta(days=20), CALENDAR)
    deciding = [clock for clock in found if clock.rule.clock_id == "T-27/decide"]

    assert [clock.colour for clock in deciding] == [Colour.DONE_IN_TIME, Colour.RED]


def every(clock_id, acts, now):
    found = clocks_of_referral("YS-1", "x", acts, now, CALENDAR)
    return [clock for clock in found if clock.rule.clock_id == clock_id]


def test_the_longer_time_of_the_next_police_is_none_of_the_first_s():
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    later = at + timedelta(days=1)
    acts = case((Kind.RECEIPT, at), (Kind.FORWARDING, at), (Kind.RECEIPT, later), (Kind.EXTENSION, later))
    first, second = every("T-27/decide", acts, later)

    assert (first.deadline.due_on, second.deadline.due_on) == (date(2026, 3, 5), date(2026, 3, 13))


def test_what_is_asked_for_again_runs_from_the_last_time_alone():
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    again = at + timedelta(days=1)
    acts = case((Kind.MATERIALS_REQUEST, at), (Kind.MATERIALS_REQUEST, again))
    first, second = every("T-26/supply", acts, again)

    assert (first.done_at, second.done_at) == (again, None)


def test_three_months_run_only_where_the_police_filed_as_ordered():
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)

    assert "T-37/conclude" not in clocks(case((Kind.FILING, at)), at)
    assert "T-37/conclude" not in clocks(case((Kind.FILING, at), (Kind.FILING_ORDER, at)), at)
    ordered = case((Kind.FILING_ORDER, at), (Kind.FILING, at + timedelta(days=1)))
    assert clocks(ordered, at + timedelta(days=2))["T-37/conclude"].deadline.due_on == date(2026, 6, 3)


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.clock_id)
def test_every_clock_is_running_once_started_red_when_missed_and_done_by_its_step(duty):
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    far = at + timedelta(days=200)
    for starting in duty.starts:
        missed = clocks(case((starting, at)), far)
        assert missed[duty.clock_id].colour is Colour.RED
        for done in duty.done:
            acts = case((starting, at), (done, at + timedelta(hours=1)))
            assert clocks(acts, far)[duty.clock_id].colour is Colour.DONE_IN_TIME


def test_what_lies_ahead_starts_and_ends_nothing():
    acts = case((Kind.APPROVAL, EVE), (Kind.SENDING, EVE + timedelta(hours=1)))

    assert clocks(acts, EVE - timedelta(seconds=1)) == {}
    assert clocks(acts, EVE)["T-22/send"].done_at is None


def test_of_the_three_days_both_readings_are_told_and_of_no_other_clock():
    filed = clocks(case((Kind.NON_FILING, EVE), (Kind.FILING_ORDER, EVE)), EVE)
    friday = datetime(2026, 3, 6, 2, tzinfo=UTC)
    plain = clocks(case((Kind.REPORT, friday)), friday)["T-21/approve"]

    assert filed["T-30/contest"].due_on_working_days == date(2026, 10, 10), "a Saturday that is worked"
    assert filed["T-35/file"].due_on_working_days is None
    assert (plain.deadline.due_on, plain.due_on_working_days) == (date(2026, 3, 9), date(2026, 3, 11))
    extended = clocks(case((Kind.RECEIPT, friday), (Kind.EXTENSION, friday)), friday)["T-27/decide"]
    assert extended.due_on_working_days is None


def test_police_that_find_nothing_missing_are_not_late_with_asking_and_who_asks_late_is():
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)

    def asking(*later):
        return clocks(case((Kind.RECEIPT, at), *later), at + timedelta(days=9))["T-26/ask"].colour

    assert asking() is Colour.OVER
    assert asking((Kind.MATERIALS_REQUEST, at + timedelta(hours=23))) is Colour.DONE_IN_TIME
    assert asking((Kind.MATERIALS_REQUEST, at + timedelta(hours=25))) is Colour.DONE_LATE
    assert asking((Kind.FORWARDING, at + timedelta(hours=2))) is Colour.DONE_IN_TIME


@pytest.mark.parametrize(("days", "colour"), [(3, Colour.DONE_IN_TIME), (12, Colour.DONE_LATE)])
def test_hrss_is_told_of_a_valid_reason_when_it_is_recorded(days, colour):
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    told = at + timedelta(days=days)
    (found,) = case((Kind.NON_FILING_VALID, at))
    entries = [ReferralEntry("YS-1", facts(), "hrss", at), ReferralEntry("YS-1", found, "procuratorate", told)]
    law = (CALENDAR, ClockParameters())

    (clock,) = clocks_of_telling(referral_of(entries), told, law)
    assert (clock.rule.clock_id, clock.deadline.due_on, clock.colour) == ("T-36/tell", date(2026, 3, 12), colour)
    assert clocks_of_telling(referral_of(entries), told - timedelta(seconds=1), law) == []
