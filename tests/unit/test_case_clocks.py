"""An event of a case in hand is acknowledged within one working day, and whoever looks after that sees it."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from case_samples import KEY
from hypothesis import given
from hypothesis import strategies as st
from listing_life import CALENDAR

from formats.civil import midnight
from gateway.domain.case_clocks import EVENT_CLOCK, clock_of_event, overdue_before
from gateway.domain.case_events import CaseEvent, CaseEventKind, Weighing
from gateway.domain.clock_rules import Holder, Kind
from gateway.domain.clocks import Colour
from gateway.domain.errors import StoreUnavailableError
from gateway.domain.status import OwedEvents
from gateway.services.case_events import CaseEvents
from gateway.services.owed_events import CountOwedEvents

FRIDAY = datetime(2026, 6, 12, 15, 59, tzinfo=UTC)
"""A minute before midnight in UTC+8; the next working day is Monday, 15 June."""
MONDAY_ENDS = datetime(2026, 6, 15, 16, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def event(seen_at, acknowledged_at=None):
    weighing = Weighing("91420300MA10004470", "A-30/LISTING", "L-1")
    return CaseEvent(KEY, 7, CaseEventKind.BEGAN, weighing, 3, seen_at, 0, acknowledged_at)


def test_a_clock_names_the_agency_the_party_and_the_event_and_is_no_clock_of_a_statute():
    clock = clock_of_event(event(FRIDAY), FRIDAY, CALENDAR)

    assert (clock.agency, clock.uscc, clock.authority) == (KEY.agency, "91420300MA10004470", "")
    assert clock.object_id == f"{KEY.case_id}/7"
    assert (clock.rule.clock_id, clock.rule.holder, clock.rule.kind) == (
        EVENT_CLOCK,
        Holder.DECIDING_AGENCY,
        Kind.DUTY,
    )
    assert (clock.start, clock.deadline.due_on) == (date(2026, 6, 12), date(2026, 6, 15))


@pytest.mark.parametrize(
    ("now", "acknowledged", "colour"),
    [
        (FRIDAY + INSTANT, None, Colour.GREEN),
        (MONDAY_ENDS - INSTANT, None, Colour.YELLOW),
        (MONDAY_ENDS, None, Colour.RED),
        (MONDAY_ENDS, MONDAY_ENDS - INSTANT, Colour.DONE_IN_TIME),
        (MONDAY_ENDS, MONDAY_ENDS, Colour.DONE_LATE),
    ],
)
def test_it_runs_to_the_end_of_the_next_working_day(now, acknowledged, colour):
    clock = clock_of_event(event(FRIDAY, acknowledged), now, CALENDAR)
    assert (clock.colour, clock.done_at) == (colour, acknowledged)


@given(st.dates(date(2026, 1, 5), date(2026, 12, 31)), st.integers(0, 20 * 24 * 3600))
def test_what_is_counted_as_overdue_is_just_what_has_a_red_clock(today, seconds):
    now = midnight(today) + timedelta(hours=9)
    seen_at = now - timedelta(seconds=seconds)
    red = clock_of_event(event(seen_at), now, CALENDAR).colour is Colour.RED

    assert (seen_at < overdue_before(today, CALENDAR)) is red


class Counted:
    """A store in which three events are owed, of which those before an instant are counted."""

    def __init__(self, *seen_at, away=False):
        self.seen_at, self.away = seen_at, away

    def count_unacknowledged(self, before):
        if self.away:
            raise StoreUnavailableError("the store is away")
        return len(self.seen_at), min(self.seen_at, default=None), sum(each < before for each in self.seen_at)


class Owed:
    """A store in which one event is owed."""

    def unacknowledged(self):
        return [event(FRIDAY)]


@pytest.mark.parametrize(("now", "overdue"), [(MONDAY_ENDS - INSTANT, False), (MONDAY_ENDS, True)])
def test_hrss_is_told_that_an_event_is_overdue_from_the_end_of_its_day_on(now, overdue):
    (owed,) = asyncio.run(CaseEvents(Owed(), At(now), "w", CALENDAR).unacknowledged())
    assert (owed.due.due, owed.overdue) == (date(2026, 6, 15), overdue)


class At:
    """A clock that stands."""

    def __init__(self, now):
        self._now = now

    def now(self):
        return self._now


def test_an_operator_is_told_how_many_are_owed_and_since_when_and_that_they_cannot_be_counted():
    store = Counted(FRIDAY, MONDAY_ENDS, MONDAY_ENDS - INSTANT)

    assert CountOwedEvents(store, At(MONDAY_ENDS), CALENDAR)() == OwedEvents(3, FRIDAY, 1)
    assert CountOwedEvents(store, At(MONDAY_ENDS - INSTANT), CALENDAR)() == OwedEvents(3, FRIDAY, 0)
    assert CountOwedEvents(Counted(), At(FRIDAY), CALENDAR)() == OwedEvents()
    assert CountOwedEvents(Counted(away=True), At(FRIDAY), CALENDAR)() == OwedEvents(fault="the store is away")
